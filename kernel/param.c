/* SPDX-License-Identifier: ISC */
/* The kernel command line: words key=value, each key declared where it is used. */
#include <stdbool.h>
#include <stdint.h>
#include <string.h>
#include "mir/err.h"
#include "mir/format.h"
#include "mir/log.h"
#include "mir/param.h"

#define LINE 2048			/* Xen's PV limit is 1024 bytes; PVH and QEMU have none. */

extern const struct mir_param __start_mir_params[] __attribute__((weak));
extern const struct mir_param __stop_mir_params[] __attribute__((weak));

static char copy[LINE];

int
mir_param_text(const char *value, void *to)
{
	*(const char **)to = value;
	return MIR_OK;
}

int
mir_param_uint(const char *value, void *to)
{
	unsigned n = 0, digit;

	if (!*value)
		return MIR_EINVAL;
	for (; *value; value++) {
		digit = (unsigned)(*value - '0');
		if (digit > 9 || n > (UINT32_MAX - digit) / 10)
			return MIR_EINVAL;
		n = n * 10 + digit;
	}
	*(unsigned *)to = n;
	return MIR_OK;
}

int
mir_param_bool(const char *value, void *to)
{
	static const char *const yes[] = { "yes", "on", "1" }, *const no[] = { "no", "off", "0" };

	for (unsigned i = 0; i < 3; i++) {
		if (strcmp(value, yes[i]) == 0 || strcmp(value, no[i]) == 0) {
			*(bool *)to = strcmp(value, yes[i]) == 0;
			return MIR_OK;
		}
	}
	return MIR_EINVAL;
}

static const struct mir_param *
find(const char *key)
{
	const struct mir_param *p;

	for (p = __start_mir_params; p < __stop_mir_params; p++)
		if (strcmp(p->key, key) == 0)
			return p;
	return NULL;
}

/* Cuts the next word out of '*at', quotes removed; '*open': one was not closed.  NULL at the end. */
static char *
next_word(char **at, bool *open)
{
	char *from = *at, *to, *word;
	bool quoted = false;

	while (*from == ' ' || *from == '\t' || *from == '\n')
		from++;
	if (!*from)
		return NULL;
	for (word = to = from; *from && (quoted || (*from != ' ' && *from != '\t' &&
						     *from != '\n')); from++) {
		if (*from == '"')
			quoted = !quoted;
		else
			*to++ = *from;
	}
	*at = *from ? from + 1 : from;
	*to = '\0';
	*open = quoted;
	return word;
}

static int
parse_word(char *word, char *why, size_t size)
{
	char *value = strchr(word, '=');
	const struct mir_param *p;

	if (value)
		*value++ = '\0';
	p = find(word);
	if (!p) {
		mir_snprintf(why, size, "command line: unknown key '%s'", word);
		return MIR_EINVAL;
	}
	if (!value || p->parse(value, p->to)) {
		mir_snprintf(why, size, "command line: bad value '%s' for key '%s', want %s=%s",
			     value ? value : "", word, word, p->form);
		return MIR_EINVAL;
	}
	return MIR_OK;
}

int
mir_param_parse(const char *line, char *why, size_t why_size)
{
	size_t len = strlen(line);
	char *at = copy, *word;
	bool open;
	int err;

	if (len >= sizeof copy) {
		mir_snprintf(why, why_size, "command line: %zu bytes, at most %zu are taken",
			     len, sizeof copy - 1);
		return MIR_EINVAL;
	}
	memcpy(copy, line, len + 1);
	while ((word = next_word(&at, &open))) {
		if (open) {		/* It swallowed what came behind. */
			mir_snprintf(why, why_size, "command line: no closing quote in '%s'", word);
			return MIR_EINVAL;
		}
		err = parse_word(word, why, why_size);
		if (err)
			return err;
	}
	return MIR_OK;
}

void
mir_param_help(void)
{
	const struct mir_param *p;

	mir_printf("Keys of the command line:\n");
	for (p = __start_mir_params; p < __stop_mir_params; p++)
		mir_printf("  %s=%s  %s\n", p->key, p->form, p->help);
}

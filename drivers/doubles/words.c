/* SPDX-License-Identifier: ISC */
/* Words and numbers of a double's settings. */
#include <string.h>
#include "drivers/doubles/words.h"
#include "mir/err.h"
#include "mir/log.h"

static const struct double_word *
find(const struct double_word *table, const char *name, size_t len)
{
	for (; table->name; table++)
		if (strlen(table->name) == len && memcmp(table->name, name, len) == 0)
			return table;
	return NULL;
}

/* The decimal number in [s, s + len), 1 .. max. */
static int
number(const char *s, size_t len, uint64_t max, uint64_t *out)
{
	uint64_t n = 0, digit;

	for (size_t i = 0; i < len; i++) {
		digit = (uint64_t)s[i] - '0';
		if (digit > 9 || n > (max - digit) / 10 || digit > max)
			return MIR_EINVAL;
		n = n * 10 + digit;
	}
	if (n == 0)
		return MIR_EINVAL;
	*out = n;
	return MIR_OK;
}

static int
parse_word(const char *s, size_t len, const struct double_word *table, void *settings)
{
	const char *colon = memchr(s, ':', len);
	const struct double_word *w = find(table, s, colon ? (size_t)(colon - s) : len);
	uint64_t n = 1;

	if (!w || !w->max == !!colon)
		return MIR_EINVAL;
	if (colon && number(colon + 1, len - (size_t)(colon + 1 - s), w->max, &n))
		return MIR_EINVAL;
	memcpy((char *)settings + w->at, &n, sizeof n);
	return MIR_OK;
}

int
double_words_parse(const char *text, const struct double_word *table, void *settings)
{
	size_t len;

	while (*text) {
		len = strcspn(text, ",");
		if (parse_word(text, len, table, settings) || (text[len] && !text[len + 1]))
			return MIR_EINVAL;
		text += len + (text[len] == ',');
	}
	return MIR_OK;
}

int
double_key_parse(const char *value, void *to)
{
	struct double_key *key = to;

	key->given = true;
	return double_words_parse(value, key->table, key->settings);
}

int
double_key_settle(struct double_key *key, const char *name, const char *words)
{
	if (key->given || !double_key_parse(words, key))
		return MIR_OK;
	mir_error("double", "bad value '%s' of the configuration for the key '%s'", words, name);
	return MIR_EINVAL;
}

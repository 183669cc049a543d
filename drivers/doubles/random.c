/* SPDX-License-Identifier: ISC */
/* Random bytes that are a list. */
#include "drivers/doubles/random.h"
#include "mir/err.h"
#include "mir/log.h"
#include "mir/param.h"

static int
digit(char c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	c |= 'a' ^ 'A';
	return c >= 'a' && c <= 'f' ? c - 'a' + 10 : MIR_EINVAL;
}

int
double_random_parse(const char *text, void *settings)
{
	struct double_random_settings s = { .len = 0 };

	for (; *text && *text != '+'; text += 2) {
		int high = digit(text[0]), low = high < 0 ? high : digit(text[1]);

		if (low < 0 || s.len == DOUBLE_RANDOM_MAX)
			return MIR_EINVAL;
		s.list[s.len++] = (uint8_t)(high << 4 | low);
	}
	s.count = *text == '+';
	if (s.len == 0 || (s.count && text[1]))
		return MIR_EINVAL;
	*(struct double_random_settings *)settings = s;
	return MIR_OK;
}

static void
double_bytes(struct mir_random *random, void *to, size_t len)
{
	struct double_random *r = (struct double_random *)random;
	uint8_t *out = to;

	for (; len; len--) {
		if (r->at == r->settings.len && !r->settings.count)
			r->at = 0;
		r->last = r->at < r->settings.len ? r->settings.list[r->at++] :
						    (uint8_t)(r->last + 1);
		*out++ = r->last;
	}
}

struct mir_random *
double_random_make(struct double_random *r, const struct double_random_settings *s)
{
	static const struct mir_random_ops ops = { "double", double_bytes };

	*r = (struct double_random){ .random = { &ops }, .settings = *s };
	return &r->random;
}

static struct double_random_settings chosen;
MIR_PARAM(randomdouble, double_random_parse, &chosen, "HEX[+]",
	  "the list that random bytes are; with + it counts on behind its end");

int
double_random_open(struct mir_random **out)
{
	static struct double_random r;

	if (!chosen.len && double_random_parse(CONFIG_DOUBLE_RANDOM_WORDS, &chosen)) {
		mir_error("double", "bad value '%s' of the configuration for the key 'randomdouble'",
			  CONFIG_DOUBLE_RANDOM_WORDS);
		return MIR_EINVAL;
	}
	*out = double_random_make(&r, &chosen);
	mir_warn("double", "random bytes are a list that everybody knows");
	return MIR_OK;
}

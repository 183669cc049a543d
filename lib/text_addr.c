/* SPDX-License-Identifier: ISC */
/* IPv6 addresses as text (RFC 4291 2.2, RFC 5952). */
#include <string.h>
#include "lib/bytes.h"
#include "lib/text.h"
#include "mir/err.h"
#include "mir/format.h"

#define GROUPS 8

static int
hex_digit(char c)
{
	if (c >= '0' && c <= '9')
		return c - '0';
	c |= 'a' ^ 'A';
	return c >= 'a' && c <= 'f' ? c - 'a' + 10 : -1;
}

static int
hex_group(const char **at, uint16_t *out)
{
	unsigned n = 0, digits = 0;
	int d;

	for (; (d = hex_digit(**at)) >= 0; ++*at) {
		n = n << 4 | (unsigned)d;
		if (++digits > 4)
			return MIR_EINVAL;
	}
	*out = (uint16_t)n;
	return digits ? MIR_OK : MIR_EINVAL;
}

/* Groups up to the first character that can't go on; '::' stands for at least one of zero. */
static int
ipv6_part(const char **at, struct mir_addr *out)
{
	unsigned n = 0, gap = GROUPS;
	uint16_t group[GROUPS];

	memset(out, 0, sizeof *out);
	if ((*at)[0] == ':' && (*at)[1] == ':') {
		gap = 0;
		*at += 2;
	}
	while (n < GROUPS && hex_digit(**at) >= 0) {
		if (hex_group(at, &group[n++]))
			return MIR_EINVAL;
		if (**at != ':' || n == GROUPS)
			break;
		++*at;
		if (**at == ':' && gap == GROUPS) {
			gap = n;
			++*at;
		} else if (hex_digit(**at) < 0) {
			return MIR_EINVAL;
		}
	}
	if (gap == GROUPS ? n != GROUPS : n == GROUPS)
		return MIR_EINVAL;
	for (unsigned i = 0; i < n; i++)
		put16(out->bytes + 2 * (i < gap ? i : GROUPS - n + i), group[i]);
	return MIR_OK;
}

int
text_ipv6(const char *text, struct mir_addr *out)
{
	return ipv6_part(&text, out) || *text ? MIR_EINVAL : MIR_OK;
}

int
text_ipv6_prefix(const char *text, struct mir_addr *out, uint8_t *prefix)
{
	uint32_t bits;

	if (ipv6_part(&text, out) || *text++ != '/' || text_number(&text, 128, &bits) || *text)
		return MIR_EINVAL;
	*prefix = (uint8_t)bits;
	return MIR_OK;
}

/* RFC 5952 4.2: the first longest run of zero groups, if it is more than one. */
static unsigned
longest_gap(const struct mir_addr *a, unsigned *len)
{
	unsigned at = GROUPS, run = 0;

	*len = 1;
	for (unsigned i = 0; i < GROUPS; i++) {
		run = get16(a->bytes + 2 * i) ? 0 : run + 1;
		if (run > *len) {
			*len = run;
			at = i + 1 - run;
		}
	}
	return at;
}

const char *
text_from_addr(const struct mir_addr *a, char to[TEXT_ADDR])
{
	unsigned len, gap = longest_gap(a, &len);
	char *p = to;

	if (mir_addr_is_ipv4(a))
		return text_from_ipv4(mir_addr_to_ipv4(a), to);
	for (unsigned i = 0; i < GROUPS; i++) {
		if (i == gap) {
			*p++ = ':';
			*p++ = ':';
			i += len - 1;
			continue;
		}
		if (i && i != gap + len)
			*p++ = ':';
		p += mir_snprintf(p, 5, "%x", get16(a->bytes + 2 * i));
	}
	*p = '\0';
	return to;
}

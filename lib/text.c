/* SPDX-License-Identifier: ISC */
/* Numbers and addresses as text. */
#include "lib/text.h"
#include "mir/err.h"
#include "mir/format.h"

int
text_number(const char **at, uint32_t max, uint32_t *out)
{
	const char *p = *at;
	uint64_t n = 0;

	if (*p < '0' || *p > '9')
		return MIR_EINVAL;
	for (; *p >= '0' && *p <= '9'; p++) {
		n = n * 10 + (uint64_t)(*p - '0');
		if (n > max)
			return MIR_EINVAL;
	}
	*at = p;
	*out = (uint32_t)n;
	return MIR_OK;
}

static int
ipv4_part(const char **at, uint32_t *ip)
{
	uint32_t part;

	*ip = 0;
	for (int i = 0; i < 4; i++) {
		if ((i && *(*at)++ != '.') || text_number(at, 255, &part))
			return MIR_EINVAL;
		*ip = *ip << 8 | part;
	}
	return MIR_OK;
}

int
text_ipv4(const char *text, uint32_t *ip)
{
	return ipv4_part(&text, ip) || *text ? MIR_EINVAL : MIR_OK;
}

int
text_ipv4_prefix(const char *text, uint32_t *ip, uint8_t *prefix)
{
	uint32_t bits;

	if (ipv4_part(&text, ip) || *text++ != '/' || text_number(&text, 32, &bits) || *text)
		return MIR_EINVAL;
	*prefix = (uint8_t)bits;
	return MIR_OK;
}

const char *
text_from_ipv4(uint32_t ip, char to[TEXT_IPV4])
{
	mir_snprintf(to, TEXT_IPV4, "%u.%u.%u.%u", ip >> 24, ip >> 16 & 255, ip >> 8 & 255,
		     ip & 255);
	return to;
}

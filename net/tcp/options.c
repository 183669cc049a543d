/* SPDX-License-Identifier: ISC */
/* TCP options: parse and build. */
#include <string.h>
#include "mir/err.h"
#include "net/tcp/options.h"
#include "net/tcp/wire.h"

static int
parse_sack(const uint8_t *p, size_t len, struct tcp_options *out)
{
	if (len < 10 || (len - 2) % 8 || len > 2 + 8 * TCP_SACK_MAX)
		return MIR_EPROTO;
	out->sacks = (uint8_t)((len - 2) / 8);
	for (unsigned i = 0; i < out->sacks; i++)
		out->sack[i] = (struct tcp_block){ get32(p + 2 + 8 * i), get32(p + 6 + 8 * i) };
	return MIR_OK;
}

/* One option of known kind whose 'len' bytes are there; its length was not yet compared. */
static int
parse_one(const uint8_t *p, size_t len, struct tcp_options *out)
{
	switch (p[0]) {
	case TCP_OPT_MSS:
		if (len != 4)
			return MIR_EPROTO;
		out->mss = get16(p + 2);
		out->have |= TCP_HAVE_MSS;
		return MIR_OK;
	case TCP_OPT_WSCALE:
		if (len != 3)
			return MIR_EPROTO;
		out->wscale = p[2] > TCP_WSCALE_MAX ? TCP_WSCALE_MAX : p[2];
		out->have |= TCP_HAVE_WSCALE;
		return MIR_OK;
	case TCP_OPT_SACK_PERMITTED:
		if (len != 2)
			return MIR_EPROTO;
		out->have |= TCP_HAVE_SACK_PERMITTED;
		return MIR_OK;
	case TCP_OPT_SACK:
		return parse_sack(p, len, out);
	case TCP_OPT_TIMESTAMPS:
		if (len != 10)
			return MIR_EPROTO;
		out->tsval = get32(p + 2);
		out->tsecr = get32(p + 6);
		out->have |= TCP_HAVE_TIMESTAMPS;
		return MIR_OK;
	}
	return MIR_OK;
}

int
tcp_options_parse(const uint8_t *p, size_t len, struct tcp_options *out)
{
	*out = (struct tcp_options){ 0 };
	while (len > 0 && p[0] != TCP_OPT_END) {
		size_t n = 1;

		if (p[0] != TCP_OPT_NOP) {
			if (len < 2 || p[1] < 2 || p[1] > len)
				return MIR_EPROTO;
			n = p[1];
			if (parse_one(p, n, out) != MIR_OK)
				return MIR_EPROTO;
		}
		p += n;
		len -= n;
	}
	return MIR_OK;
}

static size_t
unpadded_size(const struct tcp_options *o)
{
	size_t n = o->extra_len;

	if (o->have & TCP_HAVE_MSS)
		n += 4;
	if (o->have & TCP_HAVE_WSCALE)
		n += 4;
	if (o->have & TCP_HAVE_SACK_PERMITTED)
		n += 2;
	if (o->have & TCP_HAVE_TIMESTAMPS)
		n += o->have & TCP_HAVE_SACK_PERMITTED ? 10 : TCP_TIMESTAMPS_SIZE;
	if (o->sacks)
		n += 4 + 8u * o->sacks;
	return n;
}

size_t
tcp_options_size(const struct tcp_options *o)
{
	return (unpadded_size(o) + 3) & ~(size_t)3;
}

static uint8_t *
put_timestamps(const struct tcp_options *o, uint8_t *p)
{
	if (o->have & TCP_HAVE_SACK_PERMITTED) {
		*p++ = TCP_OPT_SACK_PERMITTED;	/* Takes the place of the padding. */
		*p++ = 2;
	} else {
		*p++ = TCP_OPT_NOP;
		*p++ = TCP_OPT_NOP;
	}
	*p++ = TCP_OPT_TIMESTAMPS;
	*p++ = 10;
	put32(p, o->tsval);
	put32(p + 4, o->tsecr);
	return p + 8;
}

static uint8_t *
put_sack(const struct tcp_options *o, uint8_t *p)
{
	*p++ = TCP_OPT_NOP;
	*p++ = TCP_OPT_NOP;
	*p++ = TCP_OPT_SACK;
	*p++ = (uint8_t)(2 + 8 * o->sacks);
	for (unsigned i = 0; i < o->sacks; i++, p += 8) {
		put32(p, o->sack[i].from);
		put32(p + 4, o->sack[i].to);
	}
	return p;
}

/* The numbers stand on 4-byte borders, as everybody's fast path expects (RFC 7323 app. A). */
size_t
tcp_options_build(const struct tcp_options *o, uint8_t *p, size_t size)
{
	size_t total = tcp_options_size(o);
	uint8_t *end = p + total;

	if (total > size)
		return 0;
	if (o->have & TCP_HAVE_MSS) {
		*p++ = TCP_OPT_MSS;
		*p++ = 4;
		put16(p, o->mss);
		p += 2;
	}
	if (o->have & TCP_HAVE_WSCALE) {
		*p++ = TCP_OPT_NOP;
		*p++ = TCP_OPT_WSCALE;
		*p++ = 3;
		*p++ = o->wscale;
	}
	if (o->have & TCP_HAVE_TIMESTAMPS) {
		p = put_timestamps(o, p);
	} else if (o->have & TCP_HAVE_SACK_PERMITTED) {
		*p++ = TCP_OPT_SACK_PERMITTED;
		*p++ = 2;
	}
	if (o->sacks)
		p = put_sack(o, p);
	if (o->extra_len)
		memcpy(p, o->extra, o->extra_len);
	p += o->extra_len;
	memset(p, TCP_OPT_END, (size_t)(end - p));
	return total;
}

/* SPDX-License-Identifier: ISC */
/* TCP headers: parse and build. */
#include "mir/err.h"
#include "net/tcp/packet.h"
#include "net/tcp/wire.h"

int
tcp_header_size(const uint8_t *p, size_t len, size_t *size)
{
	if (len < TCP_HDR)
		return MIR_EPROTO;
	*size = (size_t)(p[TCP_DOFF] >> 4) * 4;
	return *size < TCP_HDR ? MIR_EPROTO : MIR_OK;
}

int
tcp_header_parse(const uint8_t *p, size_t len, struct tcp_header *out)
{
	struct tcp_options *o = &out->options;

	out->sport = get16(p + TCP_SPORT);
	out->dport = get16(p + TCP_DPORT);
	out->seq = get32(p + TCP_SEQ);
	out->ack = get32(p + TCP_ACKNO);
	out->window = get16(p + TCP_WINDOW);
	out->flags = p[TCP_FLAGS];
	out->size = (uint8_t)len;
	if (len == TCP_HDR + TCP_TIMESTAMPS_SIZE && get32(p + TCP_HDR) == TCP_TIMESTAMPS_LEAD) {
		o->have = TCP_HAVE_TIMESTAMPS;
		o->sacks = o->extra_len = 0;
		o->tsval = get32(p + TCP_HDR + 4);
		o->tsecr = get32(p + TCP_HDR + 8);
		return MIR_OK;
	}
	return tcp_options_parse(p + TCP_HDR, len - TCP_HDR, &out->options);
}

size_t
tcp_header_build(const struct tcp_header *h, uint8_t *p)
{
	size_t size = TCP_HDR + tcp_options_build(&h->options, p + TCP_HDR, TCP_OPTIONS_MAX);

	put16(p + TCP_SPORT, h->sport);
	put16(p + TCP_DPORT, h->dport);
	put32(p + TCP_SEQ, h->seq);
	put32(p + TCP_ACKNO, h->ack);
	p[TCP_DOFF] = (uint8_t)(size / 4 << 4);
	p[TCP_FLAGS] = h->flags;
	put16(p + TCP_WINDOW, h->window);
	put16(p + TCP_CSUM, 0);
	put16(p + TCP_URGENT, 0);
	return size;
}

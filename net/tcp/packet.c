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

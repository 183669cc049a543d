/* SPDX-License-Identifier: ISC */
/* IGMP messages: parse and build. */
#include <string.h>
#include "lib/bytes.h"
#include "lib/checksum.h"
#include "mir/err.h"
#include "net/igmp/packet.h"
#include "net/ipv4/packet.h"

#define TENTH		MIR_MS(100)
#define ALERT		0x94040000u	/* RFC 2113: the router alert option. */
#define IP_HEADER	(IPV4_HDR + 4u)

/* RFC 3376 4.1.1: above 127 a small floating-point number. */
static mir_ns
resp_time(uint8_t code)
{
	if (code < 128)
		return code * TENTH;
	return ((mir_ns)((code & 15) | 16) << ((code >> 4 & 7) + 3)) * TENTH;
}

/* RFC 3376 7.1. */
static void
query_version(const uint8_t *p, size_t len, struct igmp_message *m)
{
	if (len >= IGMP_V3_QUERY)
		m->version = 3;
	else
		m->version = p[IGMP_MAX_RESP] ? 2 : 1;
	m->max_resp = m->version == 1 ? MIR_SEC(10) :
	    m->version == 2 ? p[IGMP_MAX_RESP] * TENTH : resp_time(p[IGMP_MAX_RESP]);
}

int
igmp_parse(const uint8_t *p, size_t len, struct igmp_message *out)
{
	if (len < IGMP_HDR || checksum(p, len) != 0)
		return MIR_EPROTO;
	*out = (struct igmp_message){ .type = p[IGMP_TYPE], .group = get32(p + IGMP_GROUP) };
	if (out->type == IGMP_QUERY)
		query_version(p, len, out);
	return MIR_OK;
}

/* ipv4_build's header, grown by the option. */
static void
put_header(uint8_t *p, uint32_t src, uint32_t dst, size_t len)
{
	ipv4_build(p, src, dst, IGMP_PROTOCOL, len + 4);
	p[IPV4_VIHL] = 4 << 4 | IP_HEADER / 4;
	put32(p + IPV4_HDR, ALERT);
	put16(p + IPV4_CSUM, 0);
	put16(p + IPV4_CSUM, checksum(p, IP_HEADER));
}

static struct mir_buf *
packet(uint32_t src, uint32_t dst, uint8_t type, size_t len)
{
	struct mir_buf *b = mir_buf_alloc(MIR_BUF_HEADROOM, IP_HEADER + len);

	if (!b)
		return NULL;
	memset(b->data, 0, b->len);
	put_header(b->data, src, dst, len);
	b->data[IP_HEADER + IGMP_TYPE] = type;
	return b;
}

static void
fill_checksum(struct mir_buf *b)
{
	uint8_t *p = b->data + IP_HEADER;

	put16(p + IGMP_CSUM, checksum(p, b->len - IP_HEADER));
}

struct mir_buf *
igmp_build(uint32_t src, uint32_t dst, uint8_t type, uint32_t group)
{
	struct mir_buf *b = packet(src, dst, type, IGMP_HDR);

	if (!b)
		return NULL;
	put32(b->data + IP_HEADER + IGMP_GROUP, group);
	fill_checksum(b);
	return b;
}

struct mir_buf *
igmp_build_v3(uint32_t src, enum igmp_record record, const uint32_t *groups, unsigned count)
{
	struct mir_buf *b = packet(src, IGMP_V3_ROUTERS, IGMP_V3_REPORT,
				   IGMP_HDR + count * IGMP_RECORD);
	uint8_t *p;

	if (!b)
		return NULL;
	p = b->data + IP_HEADER;
	put16(p + IGMP_RECORDS, (uint16_t)count);
	for (p += IGMP_HDR; count; count--, p += IGMP_RECORD) {
		p[0] = (uint8_t)record;
		put32(p + 4, *groups++);
	}
	fill_checksum(b);
	return b;
}

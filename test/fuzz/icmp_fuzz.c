/* SPDX-License-Identifier: ISC */
/* sources: net/icmp/packet.c */
/* ICMP: what errors quote, and echoes. */
#include <stdlib.h>
#include "lib/bytes.h"
#include "lib/checksum.h"
#include "mir/err.h"
#include "net/icmp/packet.h"
#include "test/fuzz/fuzz.h"
#include "test/unit/harness.h"

/* The quotation of an error that was accepted, quoted again, says the same. */
static void
error(const uint8_t *p, size_t len)
{
	struct icmp_error e, e2;
	uint8_t *again;
	size_t size;

	if (icmp_parse_error(p, len, &e))
		return;
	CHECK(e.transport >= p + ICMP_HDR + IPV4_HDR && e.transport_len >= 8);
	CHECK(e.transport + e.transport_len == p + len);
	again = malloc(len);
	size = icmp_build_error(again, ICMP_UNREACHABLE, e.code, p + ICMP_HDR, len - ICMP_HDR);
	CHECK_EQ(size, len);
	CHECK_EQ(checksum(again, size), 0);
	CHECK_EQ(icmp_parse_error(again, size, &e2), MIR_OK);
	CHECK(e2.inner.src == e.inner.src && e2.inner.dst == e.inner.dst && e2.code == e.code);
	CHECK_EQ(e2.transport_len, e.transport_len);
	CHECK_MEM(e2.transport, e.transport, e.transport_len);
	free(again);
}

/* A request with a right checksum becomes a reply with a right one; nothing else changes. */
static void
echo(const uint8_t *data, size_t len)
{
	uint8_t *p;

	if (len < ICMP_HDR)
		return;
	p = malloc(len);
	memcpy(p, data, len);
	p[ICMP_TYPE] = ICMP_ECHO;
	put16(p + ICMP_CSUM, 0);
	put16(p + ICMP_CSUM, checksum(p, len));
	icmp_echo_to_reply(p);
	CHECK_EQ(p[ICMP_TYPE], ICMP_ECHO_REPLY);
	CHECK_EQ(checksum(p, len), 0);
	CHECK_EQ(p[ICMP_CODE], data[ICMP_CODE]);
	CHECK_MEM(p + 4, data + 4, len - 4);
	free(p);
}

void
fuzz_one(const uint8_t *data, size_t len)
{
	error(data, len);
	echo(data, len);
}

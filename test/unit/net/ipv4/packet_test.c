/* SPDX-License-Identifier: ISC */
/* IPv4 headers, sound and hostile. */
#include "lib/bytes.h"
#include "lib/checksum.h"
#include "net/ipv4/packet.h"
#include "test/unit/harness.h"

static uint8_t packet[100];

static void
good(size_t payload)
{
	memset(packet, 0, sizeof packet);
	ipv4_build(packet, 0x0a000001, 0x0a000002, IPV4_UDP, payload);
}

/* Widens the header to 'words' and fills in options and the checksum. */
static void
with_options(unsigned words, const uint8_t *options, size_t len)
{
	good(0);
	packet[IPV4_VIHL] = (uint8_t)(0x40 | words);
	put16(packet + IPV4_TOTAL, 80);
	memcpy(packet + IPV4_HDR, options, len);
	put16(packet + IPV4_CSUM, 0);
	put16(packet + IPV4_CSUM, checksum(packet, words * 4));
}

static enum ipv4_fault
changed(unsigned at, uint8_t value)
{
	good(20);
	packet[at] = value;
	put16(packet + IPV4_CSUM, 0);
	put16(packet + IPV4_CSUM, checksum(packet, IPV4_HDR));
	return ipv4_parse(packet, 40, 40, &(struct ipv4_hdr){ 0 });
}

TEST(what_is_built_is_parsed)
{
	struct ipv4_hdr h;

	good(20);
	CHECK_EQ(ipv4_parse(packet, 60, 60, &h), IPV4_FINE);
	CHECK_EQ(h.src, 0x0a000001);
	CHECK_EQ(h.dst, 0x0a000002);
	CHECK_EQ(h.total, 40);
	CHECK_EQ(h.header, 20);
	CHECK_EQ(h.proto, IPV4_UDP);
}

TEST(hostile_headers_are_refused_with_their_reason)
{
	struct ipv4_hdr h;

	good(20);
	for (size_t have = 0; have < IPV4_HDR; have++)
		CHECK_EQ(ipv4_parse(packet, have, have, &h), IPV4_SHORT);
	CHECK_EQ(ipv4_parse(packet, 39, 39, &h), IPV4_LENGTH);
	CHECK_EQ(changed(IPV4_VIHL, 0x65), IPV4_VERSION);
	CHECK_EQ(changed(IPV4_VIHL, 0x44), IPV4_VERSION);
	CHECK_EQ(changed(IPV4_VIHL, 0x4f), IPV4_SHORT);
	CHECK_EQ(changed(IPV4_TOTAL + 1, 19), IPV4_LENGTH);
	CHECK_EQ(changed(IPV4_TOTAL + 1, 41), IPV4_LENGTH);
	CHECK_EQ(changed(IPV4_SRC, 127), IPV4_SOURCE);
	CHECK_EQ(changed(IPV4_SRC, 224), IPV4_SOURCE);
	CHECK_EQ(changed(IPV4_SRC, 255), IPV4_SOURCE);
	good(20);
	packet[IPV4_TTL] ^= 1;
	CHECK_EQ(ipv4_parse(packet, 40, 40, &h), IPV4_CHECKSUM);
}

static const struct { const char *why; uint8_t bytes[8]; enum ipv4_fault want; } options[] = {
	{ "none", { 0 }, IPV4_FINE }, { "padding", { 1, 1, 1, 0 }, IPV4_FINE },
	{ "record route", { 7, 7, 4, 0, 0, 0, 0, 0 }, IPV4_FINE },
	{ "loose source route", { 131, 7, 4, 0, 0, 0, 0, 0 }, IPV4_OPTIONS },
	{ "strict source route", { 1, 137, 7, 4, 0, 0, 0, 0 }, IPV4_OPTIONS },
	{ "zero length", { 7, 0, 0, 0, 0, 0, 0, 0 }, IPV4_OPTIONS },
	{ "length one", { 7, 1, 0, 0, 0, 0, 0, 0 }, IPV4_OPTIONS },
	{ "beyond the header", { 7, 9, 4, 0, 0, 0, 0, 0 }, IPV4_OPTIONS },
	{ "no length byte", { 1, 1, 1, 1, 1, 1, 1, 7 }, IPV4_OPTIONS },
};

TEST(options_are_skipped_or_refused)
{
	struct ipv4_hdr h;

	for (size_t i = 0; i < sizeof options / sizeof *options; i++) {
		with_options(7, options[i].bytes, 8);
		CHECK_MSG(ipv4_parse(packet, 80, 80, &h) == options[i].want, "%s", options[i].why);
	}
}

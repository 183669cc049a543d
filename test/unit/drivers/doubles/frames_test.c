/* SPDX-License-Identifier: ISC */
/* sources: net/ipv4/packet.c */
/* drivers/doubles/frames: each kind is what it says, and the sequence is the seed's. */
#include "drivers/doubles/frames.h"
#include "lib/bytes.h"
#include "lib/checksum.h"
#include "net/ipv4/packet.h"
#include "test/unit/harness.h"

static const struct double_frame_to host = { { 2, 1, 1, 1, 1, 1 }, 0xc0000205 };

static void
check_ipv4(const uint8_t *p, size_t len)
{
	struct mir_addr src, dst;
	struct checksum c = { 0 };
	struct ipv4_hdr h;
	enum ipv4_fault fault = ipv4_parse(p + 14, len - 14, len - 14, &h);

	if (!CHECK_EQ(fault, IPV4_FINE) || ipv4_is_fragment(&h))
		return;
	CHECK_EQ(h.dst, host.ip);
	src = mir_addr_from_ipv4(h.src);
	dst = mir_addr_from_ipv4(h.dst);
	if (h.proto != IPV4_ICMP)
		checksum_pseudo(&c, &src, &dst, h.proto, h.total - 20u);
	checksum_add(&c, p + 34, h.total - 20u);
	CHECK_EQ(checksum_finish(&c), 0);
}

TEST(the_kinds_are_well_formed)
{
	uint64_t state = test_random();
	uint8_t frame[DOUBLE_FRAME_MAX];
	size_t len;

	for (unsigned i = 0; i < 200 * DOUBLE_FRAME_KINDS; i++) {
		len = double_frame_kind(i % DOUBLE_FRAME_KINDS, &state, &host, frame);
		CHECK(len >= 42 && len <= sizeof frame);
		if (get16(frame + 12) == 0x0800)
			check_ipv4(frame, len);
		if (frame[0] != 255)
			CHECK_MEM(frame, host.mac, 6);
	}
}

TEST(the_sequence_is_the_seeds)
{
	uint64_t one = 5, two = 5;
	uint8_t a[DOUBLE_FRAME_MAX], b[DOUBLE_FRAME_MAX];
	size_t len;

	for (unsigned i = 0; i < 1000; i++) {
		len = double_frame(&one, &host, a);
		CHECK(len <= sizeof a);
		CHECK_EQ(double_frame(&two, &host, b), len);
		CHECK_MEM(a, b, len);
	}
}

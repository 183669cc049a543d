/* SPDX-License-Identifier: ISC */
/* Segments handed over joined, for the device to cut, and checksums that it fills in. */
/* sources: test/unit/net/tcp/script.c net/tcp/[a-z]*.c */
#include "mir/err.h"
#include "mir/page.h"
#include "test/unit/net/tcp/script.h"

enum { MSS = 1460, GSO_MAX = 65000 };

static struct script s;
static uint8_t content[1 << 20] __attribute__((aligned(4096)));
static struct mir_mem mem = { .size = sizeof content, .base = content };

static void
open_with(struct tcp_offload offload)
{
	script_init(&s);
	s.offload = offload;
	script_open(&s);
}

static void
write_bytes(size_t at, size_t len)
{
	CHECK_EQ(tcp_send(s.conn, s.now, mir_buf_view(&mem, content + at, len)), MIR_OK);
}

static void
ack_all(void)
{
	script_skip(&s);
	script_in(&s, TCP_ACK, NULL, 0);
}

TEST(offload_a_blank_checksum_is_the_pseudo_headers_sum)
{
	open_with((struct tcp_offload){ .csum = true });
	script_send(&s, 10);
	CHECK_EQ(script_want(&s, TCP_ACK | TCP_PSH, 10)->gso_size, 0);
	script_send(&s, 3000);
	ack_all();
	ack_all();
	CHECK_EQ(s.conn->sendq.len, 0);
	script_end(&s);
}

TEST(offload_segments_go_joined_up_to_the_window_and_the_devices_limit)
{
	const struct script_out *o;

	open_with((struct tcp_offload){ .csum = true, .gso_max = GSO_MAX });
	write_bytes(0, 200000);
	o = script_want(&s, TCP_ACK, 10 * MSS);		/* RFC 6928. */
	CHECK_EQ(o->gso_size, MSS);
	script_quiet(&s);
	for (int i = 0; i < 10; i++) {
		ack_all();
		o = script_next(&s);
		if (!CHECK(o != NULL) || o->h.flags & TCP_PSH)
			break;
		CHECK(o->len <= GSO_MAX);
		CHECK_EQ(o->len % MSS, 0);
		CHECK(o->len <= 65535);
	}
	script_end(&s);
}

TEST(offload_the_tail_goes_along_with_push_and_fin)
{
	const struct script_out *o;

	open_with((struct tcp_offload){ .gso_max = GSO_MAX });
	write_bytes(0, 4000);
	o = script_want(&s, TCP_ACK | TCP_PSH, 4000);
	CHECK_EQ(o->gso_size, MSS);
	write_bytes(4000, 3000);			/* Nagle holds the 80 bytes back. */
	script_want(&s, TCP_ACK, 2 * MSS);
	script_quiet(&s);
	tcp_shutdown(s.conn, s.now);
	o = script_want(&s, TCP_ACK | TCP_PSH | TCP_FIN, 80);
	CHECK_EQ(o->gso_size, 0);
	script_end(&s);
}

/* Each single ACK would let two segments out. */
TEST(offload_a_third_of_the_window_is_waited_for)
{
	open_with((struct tcp_offload){ .csum = true, .gso_max = GSO_MAX });
	write_bytes(0, 200000);
	script_want(&s, TCP_ACK, 10 * MSS);
	script_raw(&s, TCP_ACK, s.seq, s.ack - 8 * MSS, NULL, 0);
	CHECK(script_next(&s) != NULL);			/* 2 acked and 2 grown: 4 of 12. */
	script_raw(&s, TCP_ACK, s.seq, s.ack - 11 * MSS, NULL, 0);
	script_quiet(&s);
	script_raw(&s, TCP_ACK, s.seq, s.ack - 8 * MSS, NULL, 0);
	CHECK(script_next(&s) != NULL);
	script_end(&s);
}

TEST(offload_a_segment_lies_in_so_many_pages_as_the_ring_takes)
{
	const struct script_out *o;

	open_with((struct tcp_offload){ .csum = true, .gso_max = GSO_MAX });
	for (size_t at = 0; at < 40 * 700; at += 700)
		CHECK_EQ(tcp_send(s.conn, s.now, mir_buf_view(&mem, content + at, 700)), MIR_OK);
	for (int i = 0; i < 5; i++)
		ack_all();
	write_bytes(100, 60000);
	CHECK_EQ(s.conn->sendq.len, 60000);
	o = script_next(&s);
	if (CHECK(o != NULL))
		CHECK(o->len > 10 * MSS && o->len <= 17 * 4096 - 100);
	ack_all();
	CHECK_EQ(tcp_stats.packed_bytes, 0);
	script_end(&s);
}

/* Single bytes: a plain segment of them is copied together, whatever the device can do. */
TEST(offload_crumbs_are_copied_together)
{
	uint64_t packed = tcp_stats.packed_bytes;

	open_with((struct tcp_offload){ .csum = true, .gso_max = GSO_MAX });
	script_send(&s, 1);
	for (size_t i = 1; i < 1000; i++)
		write_bytes(i, 1);
	script_want(&s, TCP_ACK | TCP_PSH, 1);
	script_in(&s, TCP_ACK, NULL, 0);
	CHECK(script_want(&s, TCP_ACK | TCP_PSH, 999)->pieces <= TCP_GSO_SLOTS + 1);
	CHECK_EQ(tcp_stats.packed_bytes - packed, 999);
	script_end(&s);
}

/* One ACK for the whole, by the size of its parts, and the payload stays where it is. */
TEST(offload_joined_segments_are_received_as_what_they_stand_for)
{
	uint64_t copied;

	open_with((struct tcp_offload){ 0 });
	s.conn->quick = 0;
	s.joined = 1000;
	copied = mir_buf_stats.copied_bytes;
	script_in(&s, TCP_ACK, content, 20000);
	CHECK_EQ(s.conn->rcv_mss, 1000);
	script_want(&s, TCP_ACK, 0);
	script_quiet(&s);
	/* The test's own, in and for the header that came out. */
	CHECK(mir_buf_stats.copied_bytes - copied <= 20000 + 60);
	CHECK_EQ(script_read(&s), 20000);
	s.joined = 0;
	script_in(&s, TCP_ACK, content, 1000);
	script_in(&s, TCP_ACK, content, 1000);
	script_wait(&s, 1);
	script_want(&s, TCP_ACK, 0);
	script_end(&s);
}

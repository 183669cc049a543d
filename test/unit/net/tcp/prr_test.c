/* SPDX-License-Identifier: ISC */
/* How much a recovery lets out (RFC 6937). */
#include "net/tcp/prr.h"
#include "test/unit/harness.h"

#define MSS 1000u

/* Each ACK tells of one segment; what the window lets out is sent.  Segments sent. */
static unsigned
recover(unsigned flight, unsigned ssthresh, unsigned lost, bool moved)
{
	struct tcp_prr p = { .flight = flight * MSS };
	uint32_t pipe = (flight - lost) * MSS, window;
	unsigned sent = 0;

	for (unsigned acks = flight - lost; acks; acks--) {
		pipe -= MSS;
		window = tcp_prr_window(&p, MSS, pipe, ssthresh * MSS, MSS, moved);
		for (; pipe + MSS <= window; pipe += MSS, sent++)
			p.out += MSS;
	}
	CHECK(pipe <= ssthresh * MSS);
	return sent;
}

/* Section 3, figure 1: few are lost, and seven are sent for ten that arrived; in the end the window is
 * ssthresh. */
TEST(prr_sends_in_proportion)
{
	CHECK_EQ(recover(100, 70, 1, false), 70);
	CHECK_EQ(recover(100, 50, 1, false), 50);
}

/* Many are lost: what arrives lets out as much, or, where the ACK moves on, twice as much, up to ssthresh. */
TEST(prr_conserves_packets_or_grows)
{
	CHECK_EQ(recover(100, 70, 60, false), 40);
	CHECK_EQ(recover(100, 70, 60, true), 70);
}

TEST(prr_repairs_the_first_loss_at_once)
{
	struct tcp_prr p = { .flight = 10 * MSS };

	CHECK(tcp_prr_window(&p, 1, 9 * MSS, 5 * MSS, MSS, false) >= 10 * MSS);
}

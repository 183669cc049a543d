/* SPDX-License-Identifier: ISC */
/* RFC 6937 3.1, with the slow start reduction bound where the ACK moves on. */
#include "net/tcp/prr.h"

uint32_t
tcp_prr_window(struct tcp_prr *p, uint32_t delivered, uint32_t pipe, uint32_t ssthresh,
	       uint32_t mss, bool moved)
{
	int64_t more, owed;

	p->delivered += delivered;
	owed = (int64_t)p->delivered - p->out;
	if (pipe > ssthresh) {
		more = (int64_t)(((uint64_t)p->delivered * ssthresh + p->flight - 1) / p->flight);
		more -= p->out;
	} else {
		more = owed;
		if (moved)
			more = (owed > delivered ? owed : delivered) + (int64_t)mss;
		if (more > (int64_t)ssthresh - pipe)
			more = (int64_t)ssthresh - pipe;
	}
	if (p->out == 0 && more < mss)
		more = mss;		/* The first loss is repaired at once. */
	return pipe + (uint32_t)(more > 0 ? more : 0);
}

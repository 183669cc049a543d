/* SPDX-License-Identifier: ISC */
/* What round trips to peers took. */
#include <string.h>
#include "lib/siphash.h"
#include "net/tcp/limits.h"
#include "net/tcp/peers.h"
#include "net/tcp/rto.h"

#define TICK	MIR_MS(16)		/* Two years until they wrap. */

/* Below 0: it is newer than what there is to tell. */
static int32_t
age(const struct tcp_peer *e, mir_ns now)
{
	return (int32_t)((uint32_t)(now / TICK) - e->seen);
}

/* The first of the places that 'addr' may have. */
static unsigned
places(const uint64_t key[2], const struct mir_addr *addr)
{
	uint64_t words[2];

	memcpy(words, addr, sizeof words);
	return (unsigned)(siphash_words(key, words, 2) % (TCP_PEERS / TCP_PEERS_WAYS)) *
	       TCP_PEERS_WAYS;
}

static bool
is_known(const struct tcp_peer *e, const struct mir_addr *addr, mir_ns now)
{
	return e->srtt && memcmp(&e->addr, addr, sizeof *addr) == 0 &&
	       age(e, now) <= (int32_t)(TCP_PEER_AGE / TICK);
}

/* Its own place, or a free one, or the oldest. */
static struct tcp_peer *
place_for(struct tcp_peers *p, const uint64_t key[2], mir_ns now, const struct mir_addr *addr)
{
	struct tcp_peer *e = &p->peer[places(key, addr)], *oldest = e;

	for (unsigned i = 0; i < TCP_PEERS_WAYS; i++, e++) {
		if (e->srtt && memcmp(&e->addr, addr, sizeof *addr) == 0)
			return e;
		if (oldest->srtt && (!e->srtt || age(e, now) > age(oldest, now)))
			oldest = e;
	}
	return oldest;
}

/* More is believed at once, less by and by: too early a repeat is worse than one too late. */
static uint32_t
merge(uint32_t old, uint32_t new)
{
	return new < old ? old - (old - new) / 4 : new;
}

static uint32_t
microseconds(mir_ns t)
{
	return t < MIR_US(1) ? 1 : (uint32_t)(t / MIR_US(1));
}

void
tcp_peers_note(struct tcp_peers *p, const uint64_t key[2], mir_ns now,
	       const struct mir_addr *addr, const struct tcp_rto *r)
{
	struct tcp_peer *e = place_for(p, key, now, addr);
	uint32_t srtt = microseconds(r->srtt), rttvar = microseconds(r->rttvar);

	if (e->srtt && age(e, now) < 0)
		return;
	if (is_known(e, addr, now)) {
		srtt = merge(e->srtt, srtt);
		rttvar = merge(e->rttvar, rttvar);
	}
	*e = (struct tcp_peer){ *addr, srtt, rttvar, (uint32_t)(now / TICK) };
}

void
tcp_peers_recall(const struct tcp_peers *p, const uint64_t key[2], mir_ns now,
		 const struct mir_addr *addr, struct tcp_rto *r)
{
	const struct tcp_peer *e = &p->peer[places(key, addr)];

	for (unsigned i = 0; i < TCP_PEERS_WAYS; i++, e++)
		if (is_known(e, addr, now))
			tcp_rto_expect(r, MIR_US(e->srtt), MIR_US(e->rttvar));
}

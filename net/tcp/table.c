/* SPDX-License-Identifier: ISC */
/* The table of connections and closed connections. */
#include <string.h>
#include "mir/panic.h"
#include "net/tcp/table.h"

_Static_assert(sizeof(struct tcp_tuple) == 36, "compared as bytes");

void
tcp_table_init(struct tcp_table *t, const uint8_t key[SIPHASH_KEY])
{
	memset(t, 0, sizeof *t);
	memcpy(t->key, key, sizeof t->key);
	t->segment[0] = t->first;
	t->buckets = t->round = TCP_TABLE_SEGMENT;
}

/* Of our own address, which the peer doesn't choose, the last word does. */
static uint32_t
hash_of(const struct tcp_table *t, const struct tcp_tuple *id)
{
	uint32_t local, ports;
	uint64_t words[3];

	memcpy(words, &id->remote, sizeof id->remote);
	memcpy(&local, &id->local.bytes[12], sizeof local);
	memcpy(&ports, &id->lport, sizeof ports);
	words[2] = (uint64_t)local << 32 | ports;
	return (uint32_t)siphash_words(t->key, words, 3);
}

static struct tcp_entry **
place(const struct tcp_table *t, uint32_t bucket)
{
	return &t->segment[bucket / TCP_TABLE_SEGMENT][bucket % TCP_TABLE_SEGMENT];
}

struct tcp_entry *
tcp_table_bucket(const struct tcp_table *t, uint32_t bucket)
{
	return *place(t, bucket);
}

/* Buckets from 'round' on stand for the upper halves of those that were split. */
static struct tcp_entry **
chain_of(const struct tcp_table *t, uint32_t hash)
{
	uint32_t bucket = hash & (2 * t->round - 1);

	return place(t, bucket < t->buckets ? bucket : bucket - t->round);
}

struct tcp_entry *
tcp_table_search(struct tcp_table *t, const struct tcp_tuple *id)
{
	uint32_t hash = hash_of(t, id);
	struct tcp_entry *e;

	for (e = *chain_of(t, hash); e; e = e->hash_next)
		if (e->hash == hash && tcp_tuple_is(&e->id, id))
			return *tcp_table_recent(t, id) = e;
	return NULL;
}

/* One bucket more: it takes its half of the entries of the bucket that is next in line. */
static void
grow(struct tcp_table *t)
{
	uint32_t to = t->buckets, from = to - t->round;
	struct tcp_entry **segment, **at, **end, *e;

	if (to % TCP_TABLE_SEGMENT == 0) {
		if (to / TCP_TABLE_SEGMENT == TCP_TABLE_SEGMENTS ||
		    !(segment = mir_page_alloc(1)))
			return;
		t->segment[to / TCP_TABLE_SEGMENT] = segment;
	}
	end = place(t, to);
	for (at = place(t, from); (e = *at);) {
		if (e->hash & t->round) {
			*at = e->hash_next;
			*end = e;
			end = &e->hash_next;
		} else {
			at = &e->hash_next;
		}
	}
	*end = NULL;
	if (++t->buckets == 2 * t->round)
		t->round = t->buckets;
}

/* The last bucket joins the one that it was split off. */
static void
shrink(struct tcp_table *t)
{
	struct tcp_entry **at;
	uint32_t last;

	if (t->buckets == t->round)
		t->round /= 2;
	last = --t->buckets;
	for (at = place(t, last - t->round); *at; at = &(*at)->hash_next)
		;
	*at = *place(t, last);
	if (last % TCP_TABLE_SEGMENT == 0)
		mir_page_free(t->segment[last / TCP_TABLE_SEGMENT], 1);
}

void
tcp_table_add(struct tcp_table *t, struct tcp_entry *e)
{
	struct tcp_entry **at;

	e->hash = hash_of(t, &e->id);
	at = chain_of(t, e->hash);
	e->hash_next = *at;
	e->hashed = true;
	*at = e;
	if (++t->count > t->buckets)
		grow(t);
}

void
tcp_table_remove(struct tcp_table *t, struct tcp_entry *e)
{
	struct tcp_entry **at = chain_of(t, e->hash);

	while (*at != e)
		at = &(*at)->hash_next;
	*at = e->hash_next;
	e->hashed = false;
	at = tcp_table_recent(t, &e->id);
	if (*at == e)
		*at = NULL;
	t->count--;
	/* Half empty before it shrinks: churn must not bounce a page.  Two, to get to the end. */
	for (unsigned i = 0; i < 2; i++)
		if (t->count < t->buckets / 2 && t->buckets > TCP_TABLE_SEGMENT)
			shrink(t);
}

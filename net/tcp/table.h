/* SPDX-License-Identifier: ISC */
/* The table of all that a segment can belong to, by addresses and ports: connections and what is
 * left of closed ones.  One look finds either.
 *
 * Linear hashing (Litwin 1980): with each entry too many one bucket is split, so that neither growing
 * nor shrinking ever takes long; memory comes and goes by single pages.  Without memory chains
 * grow longer instead.  The hash is keyed: who chooses ports can't choose buckets. */
#ifndef NET_TCP_TABLE_H
#define NET_TCP_TABLE_H

#include <string.h>
#include "lib/siphash.h"
#include "mir/flow.h"
#include "mir/page.h"

#define TCP_TABLE_SEGMENT	(MIR_PAGE_SIZE / sizeof(void *))	/* Buckets of a page. */
#define TCP_TABLE_RECENT	256
#define TCP_TABLE_SEGMENTS	256	/* 131,072 buckets; beyond, chains grow. */

struct tcp_tuple {			/* Compared as bytes: no padding. */
	struct mir_addr local, remote;
	uint16_t lport, rport;
};

enum tcp_kind { TCP_KIND_CONN, TCP_KIND_TIMEWAIT };

/* The members of an entry; a struct that is one may have them as its own, see tcp_conn. */
#define TCP_ENTRY				\
	struct tcp_entry *hash_next;		\
	uint32_t hash;				\
	uint8_t kind;	/* enum tcp_kind. */	\
	bool hashed;	/* In the table. */	\
	struct tcp_tuple id

struct tcp_entry {
	TCP_ENTRY;
};

struct tcp_table {
	uint64_t key[2];
	uint32_t count;			/* Entries. */
	uint32_t buckets, round;	/* Those in use; the power of 2 that is not above. */
	struct tcp_entry *recent[TCP_TABLE_RECENT];	/* Found lately, by their ports, or NULL. */
	struct tcp_entry **segment[TCP_TABLE_SEGMENTS];
	struct tcp_entry *first[TCP_TABLE_SEGMENT];
};

void tcp_table_init(struct tcp_table *t, const uint8_t key[SIPHASH_KEY]);
struct tcp_entry *tcp_table_search(struct tcp_table *t, const struct tcp_tuple *id);

/* Without a branch for each word: they mostly are. */
static inline uint64_t
tcp_tuple_differ(const struct tcp_tuple *a, const struct tcp_tuple *b, size_t at)
{
	uint64_t x, y;

	memcpy(&x, (const char *)a + at, sizeof x);
	memcpy(&y, (const char *)b + at, sizeof y);
	return x ^ y;
}

static inline bool
tcp_tuple_is(const struct tcp_tuple *a, const struct tcp_tuple *b)
{
	return !(tcp_tuple_differ(a, b, 0) | tcp_tuple_differ(a, b, 8) | tcp_tuple_differ(a, b, 16) |
		 tcp_tuple_differ(a, b, 24) | tcp_tuple_differ(a, b, 28));
}

/* Few connections have most of the traffic.  Who chooses ports can make this miss, nothing worse. */
static inline struct tcp_entry **
tcp_table_recent(struct tcp_table *t, const struct tcp_tuple *id)
{
	unsigned i = (unsigned)id->rport ^ id->lport ^ id->remote.bytes[15];

	return &t->recent[i % TCP_TABLE_RECENT];
}

static inline struct tcp_entry *
tcp_table_find(struct tcp_table *t, const struct tcp_tuple *id)
{
	struct tcp_entry *e = *tcp_table_recent(t, id);

	return e && tcp_tuple_is(&e->id, id) ? e : tcp_table_search(t, id);
}

void tcp_table_add(struct tcp_table *t, struct tcp_entry *e);		/* e->id and e->kind are set. */
void tcp_table_remove(struct tcp_table *t, struct tcp_entry *e);

/* A bucket's first entry; for walks, which follow hash_next.  bucket < t->buckets. */
struct tcp_entry *tcp_table_bucket(const struct tcp_table *t, uint32_t bucket);

#endif

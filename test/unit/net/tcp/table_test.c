/* SPDX-License-Identifier: ISC */
/* net/tcp/table: 100,000 entries come, are found, and go; chains stay short; pages go back. */
#include <stdlib.h>
#include <string.h>
#include "net/tcp/table.h"
#include "test/unit/harness.h"

#define MANY 100000

static struct tcp_table table;

static struct tcp_tuple
tuple(uint32_t i)
{
	struct tcp_tuple id = { .lport = 80, .rport = (uint16_t)i };

	id.local = mir_addr_from_ipv4(0x0a000001);
	id.remote = mir_addr_from_ipv4(0x0b000000 + (i >> 16));
	return id;
}

static unsigned
longest_chain(void)
{
	unsigned longest = 0, n;

	for (uint32_t i = 0; i < table.buckets; i++) {
		n = 0;
		for (struct tcp_entry *e = tcp_table_bucket(&table, i); e; e = e->hash_next)
			n++;
		longest = n > longest ? n : longest;
	}
	return longest;
}

static void
check_all(const struct tcp_entry *entries, uint32_t from, uint32_t to)
{
	struct tcp_tuple id;

	for (uint32_t i = 0; i < MANY; i++) {
		id = tuple(i);
		CHECK(tcp_table_find(&table, &id) ==
		      (i >= from && i < to ? &entries[i] : NULL));
	}
}

TEST(a_hundred_thousand_entries)
{
	struct tcp_entry *entries = calloc(MANY, sizeof *entries);
	size_t pages = mir_page_free_count();
	uint8_t key[SIPHASH_KEY];

	for (unsigned i = 0; i < sizeof key; i++)
		key[i] = (uint8_t)test_random();
	tcp_table_init(&table, key);
	for (uint32_t i = 0; i < MANY; i++) {
		entries[i].id = tuple(i);
		tcp_table_add(&table, &entries[i]);
		if (i % 30011 == 0)
			check_all(entries, 0, i + 1);
	}
	CHECK(table.buckets >= MANY && longest_chain() < 20);
	for (uint32_t i = 0; i < MANY; i++) {
		tcp_table_remove(&table, &entries[i]);
		if (i % 30011 == 0)
			check_all(entries, i + 1, MANY);
	}
	CHECK_EQ(table.count, 0);
	CHECK_EQ(table.buckets, TCP_TABLE_SEGMENT);
	CHECK_EQ(mir_page_free_count(), pages);
	free(entries);
}

TEST(what_was_found_last_is_forgotten_when_it_goes)
{
	struct tcp_entry e = { .id = tuple(1) };
	struct tcp_tuple id = tuple(1);

	tcp_table_add(&table, &e);
	CHECK(tcp_table_find(&table, &id) == &e);
	CHECK(tcp_table_find(&table, &id) == &e);
	tcp_table_remove(&table, &e);
	CHECK(!e.hashed && tcp_table_find(&table, &id) == NULL);
}

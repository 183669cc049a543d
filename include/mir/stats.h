/* SPDX-License-Identifier: ISC */
/* mir/stats.h - named counters, for a person or a program to read.
 *
 *	static uint64_t bad_csum;
 *	MIR_COUNTER(ipv4_drop_checksum, &bad_csum, "IPv4 headers with a wrong checksum");
 *
 * A counter is a uint64_t that only its module writes; the words are for who reads the source, an
 * image carries the name alone.  mir_counters_each visits all of them,
 * in link order, then the pools, pages and buffers. */
#ifndef MIR_STATS_H
#define MIR_STATS_H

#include <stdint.h>

struct mir_counter {
	const char *name;		/* In the form of a Prometheus metric. */
	const uint64_t *value;
};

#define MIR_COUNTER(id, var, text)						\
	static const struct mir_counter mir_counter_##id			\
	__attribute__((used, section("mir_counters"), aligned(8))) = {		\
		.name = #id, .value = (var) }

/* Many counters that stand one after the other, without a pointer to each:
 *
 *	MIR_COUNTER_GROUP(tcp_, &tcp_stats, "rx_segments\0" "tx_segments\0");
 *
 * The names each end in a 0, and the prefix goes before each. */
struct mir_counter_group {
	const char *prefix, *names;
	const void *values;		/* As many uint64_t as there are names. */
};

#define MIR_COUNTER_GROUP(id, var, list)					\
	static const struct mir_counter_group mir_counter_group_##id		\
	__attribute__((used, section("mir_counter_groups"), aligned(8))) = {	\
		.prefix = #id, .names = (list), .values = (var) }

void mir_counters_each(void (*visit)(void *ctx, const char *name, uint64_t value), void *ctx);

#endif

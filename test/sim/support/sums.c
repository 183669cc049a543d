/* SPDX-License-Identifier: ISC */
/* The sums of counters. */
#include <string.h>
#include "mir/stats.h"
#include "sim/sim.h"
#include "test/sim/support/sums.h"

/* A name that ends in '*' stands for all that begin so; '-' takes off. */
static const struct { const char *whole; const char *parts[24]; } sums[] = {
	{ "stack_rx_frames", { "ether_drop_*", "arp_rx_packets", "arp_drop_*", "ipv4_rx_packets",
	  "stack_drop_memory", "stack_rx_joined", "ipv4_drop_short", "ipv4_drop_version", "ipv4_drop_length",
	  "ipv4_drop_checksum", "ipv4_drop_source", "ipv4_drop_options", "ipv6_rx_packets",
	  "ipv6_drop_short", "ipv6_drop_version", "ipv6_drop_length", "ipv6_drop_source",
	  "ipv6_drop_dest", "ipv6_drop_extension", "ipv6_drop_option", "ipv6_drop_routing",
	  "ipv6_drop_address" } },
	{ "ipv6_rx_packets", { "ipv6_drop_group", "ipv6_drop_protocol", "ipv6_drop_first",
	  "ipv6_drop_size", "ipv6_drop_fragment", "ipv6_fragments", "-ipv6_reassembled",
	  "ipv6_to_*" } },
	{ "ipv6_to_icmp", { "icmpv6_echo_requests", "icmpv6_errors_received", "icmpv6_drop_*",
	  "mld_queries", "mld_drop_malformed", "nd_rx_*", "nd_drop_malformed", "nd_drop_ignored",
	  "nd_drop_doubted", "nd_drop_type", "nd_drop_redirect" } },
	{ "ipv4_rx_packets", { "ipv4_drop_address", "ipv4_drop_broadcast", "ipv4_drop_protocol",
	  "ipv4_drop_fragment", "ipv4_fragments", "-ipv4_reassembled", "ipv4_to_*" } },
	{ "ipv4_to_icmp", { "icmp_echo_requests", "icmp_errors_received", "icmp_drop_*" } },
	{ "ipv4_to_udp", { "udp_delivered", "udp_to_stack", "udp_drop_*", "-ipv6_to_udp" } },
	{ "tcp_rx_segments", { "ipv4_to_tcp", "ipv6_to_tcp" } },
	{ "ipv4_to_igmp", { "igmp_queries", "igmp_others", "igmp_drop_*" } },
};

struct search {
	const char *name;
	uint64_t sum;
	unsigned found;
};

static bool
fits(const char *name, const char *pattern)
{
	size_t len = strlen(pattern);

	if (pattern[len - 1] == '*')
		return strncmp(name, pattern, len - 1) == 0;
	return strcmp(name, pattern) == 0;
}

static void
pick(void *arg, const char *name, uint64_t value)
{
	struct search *s = arg;

	if (fits(name, s->name)) {
		s->sum += value;
		s->found++;
	}
}

uint64_t
sums_counter(const char *name)
{
	struct search s = { .name = name };

	mir_counters_each(pick, &s);
	CHECK_MSG(s.found, "no counter %s", name);
	return s.sum;
}

void
sums_check(void)
{
	uint64_t whole, sum;

	for (size_t i = 0; i < sizeof sums / sizeof *sums; i++) {
		whole = sums_counter(sums[i].whole);
		sum = 0;
		for (const char *const *p = sums[i].parts; *p; p++)
			sum += **p == '-' ? -sums_counter(*p + 1) : sums_counter(*p);
		CHECK_MSG(whole == sum, "%s is %llu, its parts %llu", sums[i].whole,
			  (unsigned long long)whole, (unsigned long long)sum);
	}
}

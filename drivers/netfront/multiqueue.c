/* SPDX-License-Identifier: ISC */
/* Several queues for each vif: how many, and which one a frame to send takes.
 *
 * A flow keeps to one queue, so that its frames stay in order: the queue comes from the addresses
 * and the ports of TCP and UDP.  Only the sender of a flow could choose them badly, to his own
 * harm, so the hash has no secret. */
#include <string.h>
#include "drivers/netfront/netfront.h"
#include "mir/param.h"

#define IPV4_BEHIND	34u		/* Ethernet and the least IPv4 header. */
#define IPV6_BEHIND	54u

static unsigned asked = CONFIG_NETFRONT_QUEUES;
MIR_PARAM(queues, mir_param_uint, &asked, "NUMBER", "queues of each vif, 1 to 8");

unsigned
netfront_queues_asked(void)
{
	if (asked < 1)
		return 1;
	return asked < NETFRONT_QUEUES_MAX ? asked : NETFRONT_QUEUES_MAX;
}

static uint64_t
load(const uint8_t *at, size_t n)
{
	uint64_t v = 0;

	memcpy(&v, at, n);
	return v;
}

/* Ports stand in the first fragment only, so no fragment's count. */
static uint64_t
ports(const struct mir_buf *b, size_t at, uint8_t protocol, bool fragment)
{
	if ((protocol != 6 && protocol != 17) || fragment || b->len < at + 4)
		return 0;
	return load(b->data + at, 4);
}

static uint64_t
flow_of(const struct mir_buf *b)
{
	const uint8_t *d = b->data;
	unsigned type = b->len < ETH_HEADER ? 0 : d[12] << 8 | d[13];
	uint64_t flow = 0;

	if (type == 0x0800 && b->len >= IPV4_BEHIND)
		return load(d + 26, 8) ^ ports(b, ETH_HEADER + (d[14] & 15) * 4u, d[23],
					       d[20] & 0x3f || d[21]) << 16;
	if (type != 0x86dd || b->len < IPV6_BEHIND)
		return 0;
	for (unsigned i = 22; i < IPV6_BEHIND; i += 8)
		flow = flow * 31 + load(d + i, 8);
	return flow ^ ports(b, IPV6_BEHIND, d[20], false) << 16;
}

/* Multiplies by the golden ratio's 64 bits; the product's upper half is mixed best. */
unsigned
netfront_steer(unsigned queues, const struct mir_buf *b)
{
	uint64_t hash;

	if (queues < 2)
		return 0;
	hash = flow_of(b) * 0x9e3779b97f4a7c15u >> 32;
	return (unsigned)(hash * queues >> 32);
}

/* SPDX-License-Identifier: ISC */
/* Our addresses: made, tried for duplicates, chosen as a source, ended (RFC 4862, RFC 6724 5). */
#include "mir/stats.h"
#include "net/nd/cache.h"

#define TWO_HOURS MIR_SEC(7200)

static uint64_t full;
MIR_COUNTER(nd_addresses_full, &full, "prefixes without an address: there are too many");

/* RFC 4862 5.4: asks whether anybody has it. */
static void
try_address(struct nd *nd, mir_ns now, struct nd_address *a)
{
	struct mir_addr group = ipv6_solicited_node(&a->addr);
	uint8_t msg[ND_ALL_MAX], mac[ETHER_ADDR];
	size_t len = nd_build_ns(msg, &a->addr, NULL);

	a->state = ND_TENTATIVE;
	a->next = mir_deadline(now, nd->retrans);
	nd_due(nd, a->next);
	ipv6_group_mac(&group, mac);
	nd->env.output(nd->env.ctx, &ipv6_unspecified, &group, mac, msg, len);
}

/* Tells all that it is ours: RFC 4861 7.2.6. */
static void
announce(struct nd *nd, const struct nd_address *a)
{
	uint8_t msg[ND_ALL_MAX], mac[ETHER_ADDR];
	size_t len = nd_build_na(msg, &a->addr, nd->mac, false);

	ipv6_group_mac(&ipv6_all_nodes, mac);
	nd->env.output(nd->env.ctx, &a->addr, &ipv6_all_nodes, mac, msg, len);
}

static void
add(struct nd *nd, mir_ns now, const struct nd_address *new)
{
	struct nd_address *a = nd->address;

	while (a < nd->address + ND_ADDRESSES && a->state != ND_NONE)
		a++;
	if (a == nd->address + ND_ADDRESSES) {
		full++;
		return;
	}
	*a = *new;
	nd->env.group(nd->env.ctx, &a->addr, true);
	try_address(nd, now, a);
}

static void
end(struct nd *nd, struct nd_address *a)
{
	struct mir_addr addr = a->addr;
	bool up = a->state == ND_ASSIGNED;

	a->state = ND_NONE;
	nd->env.group(nd->env.ctx, &addr, false);
	if (up)
		nd->env.changed(nd->env.ctx, &addr, false);
}

void
nd_addresses_start(struct nd *nd, mir_ns now)
{
	static const struct mir_addr link_local = { { 0xfe, 0x80 } };
	struct nd_address a = { .addr = ipv6_from_mac(&link_local, nd->mac), .bits = 64,
				.preferred = MIR_NEVER, .valid = MIR_NEVER };

	if (nd->address[0].state != ND_NONE && mir_addr_equal(&nd->address[0].addr, &a.addr)) {
		for (struct nd_address *b = nd->address; b < nd->address + ND_ADDRESSES; b++)
			if (b->state == ND_ASSIGNED)
				announce(nd, b);
		return;
	}
	for (struct nd_address *b = nd->address; b < nd->address + ND_ADDRESSES; b++)
		if (b->state != ND_NONE)
			end(nd, b);
	add(nd, now, &a);
	a.addr = nd->cfg.fixed;
	a.bits = nd->cfg.bits;
	if (a.bits)
		add(nd, now, &a);
}

struct nd_address *
nd_address_find(struct nd *nd, const struct mir_addr *addr)
{
	for (struct nd_address *a = nd->address; a < nd->address + ND_ADDRESSES; a++)
		if (a->state != ND_NONE && mir_addr_equal(&a->addr, addr))
			return a;
	return NULL;
}

const struct nd_address *
nd_ours(const struct nd *nd, const struct mir_addr *addr)
{
	for (const struct nd_address *a = nd->address; a < nd->address + ND_ADDRESSES; a++)
		if (a->state == ND_ASSIGNED && mir_addr_equal(&a->addr, addr))
			return a;
	return NULL;
}

/* RFC 4862 5.5.3 (e): a forged advertisement can't end an address at once. */
static void
extend(struct nd_address *a, mir_ns now, mir_ns preferred, mir_ns valid)
{
	mir_ns least = mir_deadline(now, TWO_HOURS);

	a->preferred = preferred;
	if (valid > least || valid > a->valid)
		a->valid = valid;
	else if (a->valid > least)
		a->valid = least;
}

void
nd_autoconf(struct nd *nd, mir_ns now, const struct mir_addr *prefix, mir_ns preferred,
	    mir_ns valid)
{
	struct nd_address new = { .addr = ipv6_from_mac(prefix, nd->mac), .bits = 64,
		.by_router = true, .preferred = preferred, .valid = valid };
	struct nd_address *a = nd_address_find(nd, &new.addr);

	if (a && a->by_router)
		extend(a, now, preferred, valid);
	else if (!a && valid > now && nd->address[0].state != ND_DUPLICATE)
		add(nd, now, &new);
	nd_due(nd, valid);
}

/* Between the tries of a duplicate more than RFC 4862 5.4.5 allows, which would have a person
 * come: one forged message must not cost a guest its address for good. */
static void
lost(struct nd *nd, mir_ns now, struct nd_address *a)
{
	a->state = ND_DUPLICATE;
	a->next = mir_deadline(now, ND_DUPLICATE_WAIT);
	nd_due(nd, a->next);
}

void
nd_address_contested(struct nd *nd, mir_ns now, struct nd_address *a, const uint8_t *mac)
{
	if (a->state == ND_TENTATIVE) {
		lost(nd, now, a);
	} else if (a->state != ND_ASSIGNED || now < nd->defend) {
		return;
	} else {
		nd->defend = mir_deadline(now, ND_DEFEND);
		announce(nd, a);
	}
	nd->env.conflict(nd->env.ctx, &a->addr, mac);
}

static void
step(struct nd *nd, mir_ns now, struct nd_address *a)
{
	if (a->valid <= now) {
		end(nd, a);
	} else if (a->state == ND_DUPLICATE && a->next <= now) {
		try_address(nd, now, a);
	} else if (a->state == ND_TENTATIVE && a->next <= now) {
		a->state = ND_ASSIGNED;
		a->next = MIR_NEVER;
		nd->env.changed(nd->env.ctx, &a->addr, true);
	}
}

mir_ns
nd_addresses_poll(struct nd *nd, mir_ns now)
{
	mir_ns next = MIR_NEVER;

	for (struct nd_address *a = nd->address; a < nd->address + ND_ADDRESSES; a++) {
		if (a->state != ND_NONE)
			step(nd, now, a);
		if (a->state == ND_NONE)
			continue;
		if (a->next < next)
			next = a->next;
		if (a->valid < next)
			next = a->valid;
	}
	return next;
}

static bool
is_unique_local(const struct mir_addr *a)
{
	return (a->bytes[0] & 0xfe) == 0xfc;
}

static unsigned
common(const struct nd_address *a, const struct mir_addr *dst)
{
	unsigned n = ipv6_common_bits(&a->addr, dst);

	return n < a->bits ? n : a->bits;
}

/* RFC 6724 5: rules 1, 2, 3, 6 (the labels of unique local and other addresses) and 8. */
static bool
better(const struct nd_address *a, const struct nd_address *b, const struct mir_addr *dst,
       mir_ns now)
{
	unsigned want = ipv6_scope(dst), sa = ipv6_scope(&a->addr), sb = ipv6_scope(&b->addr);
	bool ula = is_unique_local(dst);

	if (mir_addr_equal(&a->addr, dst) || mir_addr_equal(&b->addr, dst))
		return mir_addr_equal(&a->addr, dst);
	if (sa != sb)
		return sa < sb ? sa >= want : sb < want;
	if ((a->preferred > now) != (b->preferred > now))
		return a->preferred > now;
	if (is_unique_local(&a->addr) != is_unique_local(&b->addr))
		return is_unique_local(&a->addr) == ula;
	return common(a, dst) > common(b, dst);
}

int
nd_source(const struct nd *nd, mir_ns now, const struct mir_addr *dst, struct mir_addr *src)
{
	const struct nd_address *best = NULL, *a;

	for (a = nd->address; a < nd->address + ND_ADDRESSES; a++)
		if (a->state == ND_ASSIGNED && (!best || better(a, best, dst, now)))
			best = a;
	if (!best)
		return MIR_EUNREACH;
	*src = best->addr;
	return MIR_OK;
}

/* SPDX-License-Identifier: ISC */
/* Memberships in groups: the table, queries, reports. */
#include "lib/bytes.h"
#include "mir/err.h"
#include "mir/stats.h"
#include "net/mld/mld.h"

enum { V1_LEN = 24, DELAY = 4, GROUP = 8, V2_LEN = 28 };
enum { IS_EXCLUDE = 2, TO_INCLUDE = 3, TO_EXCLUDE = 4 };	/* RFC 3810 5.2.12 */

#define UNSOLICITED	MIR_SEC(1)	/* RFC 3810 9.11. */
#define V1_QUERIER	MIR_SEC(260)	/* RFC 3810 9.12 with the values of 9. */

static uint64_t queries, reports, drop_malformed, full;
MIR_COUNTER(mld_queries, &queries, "MLD queries taken");
MIR_COUNTER(mld_reports, &reports, "MLD reports sent");
MIR_COUNTER(mld_drop_malformed, &drop_malformed, "MLD queries against the rules");
MIR_COUNTER(mld_full, &full, "groups not joined: there are too many");

void
mld_init(struct mld *m, const struct mld_env *env)
{
	memset(m, 0, sizeof *m);
	m->env = *env;
	m->change_at = m->answer_at = m->next = MIR_NEVER;
}

static mir_ns
within(struct mld *m, mir_ns now, mir_ns most)
{
	return mir_deadline(now, most / 1024 * (m->env.random(m->env.ctx) % 1024));
}

static void
reschedule(struct mld *m)
{
	m->next = m->change_at < m->answer_at ? m->change_at : m->answer_at;
}

static struct mld_group *
find(struct mld *m, const struct mir_addr *group)
{
	for (struct mld_group *g = m->group; g < m->group + MLD_GROUPS; g++)
		if ((g->users || g->changes) && mir_addr_equal(&g->addr, group))
			return g;
	return NULL;
}

static struct mld_group *
place(struct mld *m)
{
	for (struct mld_group *g = m->group; g < m->group + MLD_GROUPS; g++)
		if (!g->users && !g->changes)
			return g;
	return NULL;
}

/* RFC 3810 6: neither all nodes nor what stays on this host is told. */
static bool
is_told(const struct mir_addr *group)
{
	return ipv6_scope(group) >= 2 && !mir_addr_equal(group, &ipv6_all_nodes);
}

static void
change(struct mld *m, mir_ns now, struct mld_group *g)
{
	m->env.filter(m->env.ctx, &g->addr, g->users != 0);
	if (!is_told(&g->addr))
		return;
	g->changes = MLD_ROBUSTNESS;
	m->change_at = now;
	reschedule(m);
}

int
mld_join(struct mld *m, mir_ns now, const struct mir_addr *group)
{
	struct mld_group *g = find(m, group);

	if (!ipv6_is_multicast(group))
		return MIR_EINVAL;
	if (!g)
		g = place(m);
	if (!g || g->users == UINT8_MAX) {
		full++;
		return MIR_EFULL;
	}
	g->addr = *group;
	if (g->users++ == 0)
		change(m, now, g);
	return MIR_OK;
}

void
mld_leave(struct mld *m, mir_ns now, const struct mir_addr *group)
{
	struct mld_group *g = find(m, group);

	if (g && g->users && --g->users == 0)
		change(m, now, g);
}

void
mld_announce(struct mld *m, mir_ns now)
{
	m->answer_at = now;
	reschedule(m);
}

bool
mld_member(const struct mld *m, const struct mir_addr *group)
{
	if (mir_addr_equal(group, &ipv6_all_nodes))
		return true;
	for (const struct mld_group *g = m->group; g < m->group + MLD_GROUPS; g++)
		if (g->users && mir_addr_equal(&g->addr, group))
			return true;
	return false;
}

bool
mld_wants(const struct mld *m, const uint8_t mac[6])
{
	static const uint8_t all_nodes[6] = { 0x33, 0x33, [5] = 1 };

	if (memcmp(mac, all_nodes, 6) == 0)
		return true;
	if (mac[0] != 0x33 || mac[1] != 0x33)
		return false;
	for (const struct mld_group *g = m->group; g < m->group + MLD_GROUPS; g++)
		if (g->users && memcmp(g->addr.bytes + 12, mac + 2, 4) == 0)
			return true;
	return false;
}

static void
record(uint8_t *p, uint8_t type, const struct mir_addr *group)
{
	put32(p, (uint32_t)type << 24);
	memcpy(p + 4, group, sizeof *group);
}

/* RFC 2710 3: a message for each group. */
static void
report_v1(struct mld *m, const struct mld_group *g)
{
	uint8_t msg[V1_LEN];

	icmpv6_build_header(msg, g->users ? ICMPV6_MLD_REPORT : ICMPV6_MLD_DONE, 0, 0);
	memcpy(msg + GROUP, &g->addr, sizeof g->addr);
	reports++;
	m->env.output(m->env.ctx, g->users ? &g->addr : &ipv6_all_routers, msg, sizeof msg);
}

/* All groups, or those that changed. */
static void
report(struct mld *m, mir_ns now, bool changes)
{
	static const struct mir_addr routers = { { 0xff, 2, [15] = 0x16 } };
	uint8_t msg[MLD_REPORT_MAX];
	uint16_t n = 0;

	for (struct mld_group *g = m->group; g < m->group + MLD_GROUPS; g++) {
		if (changes ? !g->changes : !g->users || !is_told(&g->addr))
			continue;
		g->changes -= changes;
		if (now < m->v1_until)
			report_v1(m, g);
		else
			record(msg + ICMPV6_HDR + MLD_RECORD * n++,
			       !changes ? IS_EXCLUDE : g->users ? TO_EXCLUDE : TO_INCLUDE, &g->addr);
	}
	if (!n)
		return;
	icmpv6_build_header(msg, ICMPV6_MLD2_REPORT, 0, n);
	reports++;
	m->env.output(m->env.ctx, &routers, msg, ICMPV6_HDR + MLD_RECORD * (size_t)n);
}

/* RFC 3810 5.1.3: milliseconds, those of version 2 as a small floating-point number. */
static mir_ns
delay_of(const uint8_t *p, size_t len)
{
	uint32_t code = get16(p + DELAY);

	if (len >= V2_LEN && code >= 0x8000)
		code = ((code & 0xfff) | 0x1000) << ((code >> 12 & 7) + 3);
	return MIR_MS(code);
}

int
mld_query(struct mld *m, mir_ns now, const struct ipv6_hdr *ip, const uint8_t *p, size_t len)
{
	mir_ns at;

	if (!ipv6_is_link_local(&ip->src) || ip->hops != 1 || !ip->router_alert ||
	    len < V1_LEN || (len > V1_LEN && len < V2_LEN)) {
		drop_malformed++;
		return MIR_EPROTO;
	}
	queries++;
	if (len == V1_LEN)
		m->v1_until = mir_deadline(now, V1_QUERIER);
	at = within(m, now, delay_of(p, len));
	if (at < m->answer_at)
		m->answer_at = at;
	reschedule(m);
	return MIR_OK;
}

void
mld_poll(struct mld *m, mir_ns now)
{
	bool more = false;

	if (m->answer_at <= now) {
		m->answer_at = MIR_NEVER;
		report(m, now, false);
	}
	if (m->change_at <= now) {
		report(m, now, true);
		for (unsigned i = 0; i < MLD_GROUPS; i++)
			more |= m->group[i].changes != 0;
		m->change_at = more ? within(m, now, UNSOLICITED) : MIR_NEVER;
	}
	reschedule(m);
}

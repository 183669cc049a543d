/* SPDX-License-Identifier: ISC */
/* Memberships in groups. */
#include "mir/err.h"
#include "mir/stats.h"
#include "net/igmp/igmp.h"

#define CHANGE_WITHIN	MIR_SEC(1)	/* RFC 3376 8.11. */
#define OLDER_FOR	MIR_SEC(2 * 125 + 10)	/* RFC 3376 8.12, with the defaults of 8.2, 8.3. */

static uint64_t queries, others, malformed, ignored, reports;
MIR_COUNTER(igmp_queries, &queries, "membership queries of routers");
MIR_COUNTER(igmp_others, &others, "reports of other hosts");
MIR_COUNTER(igmp_drop_malformed, &malformed, "IGMP messages too short or with a wrong checksum");
MIR_COUNTER(igmp_drop_type, &ignored, "IGMP messages of no interest to a host");
MIR_COUNTER(igmp_reports, &reports, "reports and leaves sent");

static bool
is_group(uint32_t ip)
{
	return ip >> 28 == 0xe;
}

static struct igmp_group *
find(const struct igmp *g, uint32_t ip)
{
	for (unsigned i = 0; i < IGMP_GROUPS; i++)
		if (g->group[i].ip == ip)
			return (struct igmp_group *)&g->group[i];
	return NULL;
}

static unsigned
version(const struct igmp *g, mir_ns now)
{
	return now < g->v1_until ? 1 : now < g->v2_until ? 2 : 3;
}

void
igmp_init(struct igmp *g, const struct igmp_env *env)
{
	*g = (struct igmp){ .env = *env };
}

static mir_ns
some_time(struct igmp *g, mir_ns most)
{
	return most ? g->env.random(g->env.ctx) % most : 0;
}

static void
announce(struct igmp_group *m, mir_ns now)
{
	m->changes = IGMP_ROBUSTNESS;
	m->change_at = now;
}

void
igmp_set_local(struct igmp *g, mir_ns now, uint32_t ip)
{
	g->ip = ip;
	g->v1_until = g->v2_until = 0;
	for (unsigned i = 0; i < IGMP_GROUPS; i++)
		if (g->group[i].ip && g->group[i].users)
			announce(&g->group[i], now);
}

int
igmp_join(struct igmp *g, mir_ns now, uint32_t ip, bool *first)
{
	struct igmp_group *m = find(g, ip);

	if (!is_group(ip) || ip == IGMP_ALL_HOSTS)
		return MIR_EINVAL;
	if (!m)
		m = find(g, 0);
	if (!m)
		return MIR_EFULL;
	*first = m->users++ == 0;
	if (*first) {
		*m = (struct igmp_group){ .ip = ip, .users = 1, .answer_at = MIR_NEVER };
		announce(m, now);
	}
	return MIR_OK;
}

bool
igmp_leave(struct igmp *g, mir_ns now, uint32_t ip)
{
	struct igmp_group *m = ip ? find(g, ip) : NULL;

	if (!m || !m->users || --m->users)
		return false;
	m->answer_at = MIR_NEVER;
	announce(m, now);
	return true;
}

bool
igmp_member(const struct igmp *g, uint32_t ip)
{
	const struct igmp_group *m = ip ? find(g, ip) : NULL;

	return ip == IGMP_ALL_HOSTS || (m && m->users);
}

static void
send(struct igmp *g, uint32_t dst, struct mir_buf *packet)
{
	if (!packet)
		return;			/* A report that is lost is told again. */
	reports++;
	g->env.output(g->env.ctx, dst, packet);
}

/* Says that we are a member, or no longer, as the router's version has it. */
static void
report(struct igmp *g, mir_ns now, const struct igmp_group *m, enum igmp_record record)
{
	unsigned v = version(g, now);

	if (!g->ip)
		return;
	if (v == 3)
		send(g, IGMP_V3_ROUTERS, igmp_build_v3(g->ip, record, &m->ip, 1));
	else if (record != IGMP_TO_INCLUDE)
		send(g, m->ip, igmp_build(g->ip, m->ip, v == 2 ? IGMP_V2_REPORT : IGMP_V1_REPORT,
					  m->ip));
	else if (v == 2)
		send(g, IGMP_ALL_ROUTERS,
		     igmp_build(g->ip, IGMP_ALL_ROUTERS, IGMP_LEAVE, m->ip));
}

/* RFC 3376 5.2: an answer some time within what the query allows; an earlier one stands. */
static void
query(struct igmp *g, mir_ns now, const struct igmp_message *q)
{
	mir_ns when;

	queries++;
	if (q->version == 1)
		g->v1_until = now + OLDER_FOR;
	else if (q->version == 2)
		g->v2_until = now + OLDER_FOR;
	for (unsigned i = 0; i < IGMP_GROUPS; i++) {
		struct igmp_group *m = &g->group[i];

		if (!m->users || (q->group && q->group != m->ip))
			continue;
		when = now + some_time(g, q->max_resp);
		if (when < m->answer_at)
			m->answer_at = when;
	}
}

void
igmp_input(struct igmp *g, mir_ns now, uint32_t dst, const uint8_t *p, size_t len)
{
	struct igmp_message msg;
	struct igmp_group *m;

	if (igmp_parse(p, len, &msg)) {
		malformed++;
	} else if (msg.type == IGMP_QUERY && (dst == IGMP_ALL_HOSTS || dst == msg.group)) {
		query(g, now, &msg);
	} else if (msg.type == IGMP_V1_REPORT || msg.type == IGMP_V2_REPORT) {
		others++;
		/* RFC 2236 3: one report a group is enough. */
		m = msg.group && version(g, now) < 3 ? find(g, msg.group) : NULL;
		if (m)
			m->answer_at = MIR_NEVER;
	} else {
		ignored++;
	}
}

static void
tell_change(struct igmp *g, mir_ns now, struct igmp_group *m)
{
	report(g, now, m, m->users ? IGMP_TO_EXCLUDE : IGMP_TO_INCLUDE);
	if (--m->changes)
		m->change_at = now + some_time(g, CHANGE_WITHIN);
	else if (!m->users)
		*m = (struct igmp_group){ 0 };
}

static mir_ns
poll_group(struct igmp *g, mir_ns now, struct igmp_group *m)
{
	mir_ns next = MIR_NEVER;

	if (m->changes && m->change_at <= now)
		tell_change(g, now, m);
	if (m->ip && m->answer_at <= now) {
		m->answer_at = MIR_NEVER;
		report(g, now, m, IGMP_IS_EXCLUDE);
	}
	if (m->changes)
		next = m->change_at;
	return m->ip && m->answer_at < next ? m->answer_at : next;
}

mir_ns
igmp_poll(struct igmp *g, mir_ns now)
{
	mir_ns next = MIR_NEVER, at;

	for (unsigned i = 0; i < IGMP_GROUPS; i++) {
		if (!g->group[i].ip)
			continue;
		at = poll_group(g, now, &g->group[i]);
		next = at < next ? at : next;
	}
	return next;
}

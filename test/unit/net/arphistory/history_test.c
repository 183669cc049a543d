/* SPDX-License-Identifier: ISC */
/* sources: net/arphistory/apply.c net/arphistory/commit.c net/arphistory/entry.c */
/* sources: net/arp/[a-z]*.c net/ether/packet.c fs/store/[a-z]*.c fs/mem/path.c */
/* net/arphistory: each event is a commit, and commits of others change the table. */
#include <stdio.h>
#include "fs/store/store.h"
#include "mir/err.h"
#include "net/arp/cache.h"
#include "net/arphistory/impl.h"
#include "test/unit/harness.h"

#define US	0x0a000001u
#define PEER	0x0a000002u

static const uint8_t us[6] = { 2, 0, 0, 0, 0, 1 }, peer[6] = { 2, 0, 0, 0, 0, 2 };
static const uint8_t third[6] = { 2, 0, 0, 0, 0, 3 };

static struct arp arp;
static struct history history;
static struct mir_odb *odb;
static struct mir_store *s;
static unsigned touches;

static void
output(void *ctx, const uint8_t dst[ETHER_ADDR], const struct arp_packet *p)
{
	(void)ctx;
	(void)dst;
	(void)p;
}

static void
send(void *ctx, const uint8_t mac[ETHER_ADDR], struct mir_buf *b)
{
	(void)ctx;
	(void)mac;
	mir_buf_free(b);
}

static void
conflict(void *ctx, uint32_t ip, const uint8_t mac[ETHER_ADDR])
{
	(void)ctx;
	(void)ip;
	(void)mac;
}

static bool
on_link(void *ctx, uint32_t ip)
{
	(void)ctx;
	return ip >> 8 == US >> 8;
}

static void
touched(void *ctx)
{
	(void)ctx;
	touches++;
	arp_poll(&arp, mir_now());
}

static void
begin_table(void)
{
	const struct arp_env env = { NULL, output, send, conflict };

	arp_init(&arp, &env);
	arp_set_local(&arp, mir_now(), us, US);
}

static void
begin_history(void)
{
	history = (struct history){ .store = s, .arp = &arp, .on_link = on_link, .touched = touched,
				    .folder = "vif0" };
	CHECK_EQ(history_start(&history), MIR_OK);
	test_run_for(MIR_MS(1));
}

static void
begin(void)
{
	CHECK_EQ(store_memory_open(&odb), MIR_OK);
	CHECK_EQ(store_open(odb, mir_clock, &s), MIR_OK);
	begin_table();
	begin_history();
}

static void
end(void)
{
	history_stop(&history);
	test_run_for(MIR_MS(1));
	store_close(s);
	store_memory_close(odb);
}

static void
hear(const uint8_t from_mac[6], uint32_t from)
{
	struct arp_packet p = { .op = ARP_REQUEST, .sender_ip = from, .target_ip = US };
	uint8_t bytes[ARP_LEN];

	memcpy(p.sender_mac, from_mac, ETHER_ADDR);
	arp_build(bytes, &p);
	CHECK_EQ(arp_input(&arp, mir_now(), bytes, sizeof bytes), MIR_OK);
}

static void
pass(mir_ns time)
{
	mir_ns until = mir_now() + time, next;

	while ((next = arp_poll(&arp, mir_now())) <= until)
		test_advance(next - mir_now());
	test_advance(until - mir_now());
	test_run_for(MIR_MS(1));
}

/* Messages, newest first, with a comma behind each. */
static const char *
messages(void)
{
	static char text[20000];
	struct mir_store_commit c;
	struct mir_store_log *l;

	text[0] = '\0';
	if (mir_store_log_open(s, "arp", NULL, &l))
		return "none";
	while (mir_store_log_next(l, &c) > 0) {
		c.message[strcspn(c.message, "\n")] = '\0';
		snprintf(text + strlen(text), sizeof text - strlen(text), "%s,", c.message);
	}
	mir_store_log_close(l);
	return text;
}

static int
foreign(const char *path, const char *value)
{
	const struct mir_store_change c = { path, value ? MIR_STORE_VALUE : MIR_STORE_NONE, value,
					    value ? strlen(value) : 0, NULL };
	const struct mir_store_note note = { "foreign", "A <b>" };
	int err = mir_store_update(s, "arp", &c, 1, &note, NULL);

	test_run_for(MIR_MS(1));
	return err;
}

static const uint8_t *
known(uint32_t ip)
{
	return arp_known(&arp, mir_now(), ip);
}

TEST(what_was_known_before_and_what_another_run_left)
{
	CHECK_EQ(store_memory_open(&odb), MIR_OK);
	CHECK_EQ(store_open(odb, mir_clock, &s), MIR_OK);
	begin_table();
	hear(peer, PEER);
	test_advance(MIR_SEC(1));
	begin_history();
	CHECK_STR(messages(), "learned 10.0.0.2 at 02:00:00:00:00:02,");
	history_stop(&history);
	test_run_for(MIR_MS(1));
	begin_table();
	begin_history();
	CHECK_STR(messages(), "the table at the start,learned 10.0.0.2 at 02:00:00:00:00:02,");
	CHECK(!known(PEER));
	end();
}

TEST(each_event_is_a_commit)
{
	begin();
	hear(peer, PEER);
	test_run_for(MIR_MS(1));
	CHECK_STR(messages(), "learned 10.0.0.2 at 02:00:00:00:00:02,");
	pass(MIR_SEC(1));
	hear(peer, PEER);
	hear(third, PEER + 1);
	test_run_for(MIR_MS(1));
	CHECK_STR(messages(), "learned 10.0.0.3 at 02:00:00:00:00:03,confirmed 10.0.0.2 at 02:00:00:00:00:02,"
			      "learned 10.0.0.2 at 02:00:00:00:00:02,");
	pass(MIR_SEC(61));
	CHECK(strstr(messages(), "expired 10.0.0.2 not used, was at 02:00:00:00:00:02,"));
	CHECK(strstr(messages(), "expired 10.0.0.3 not used, was at 02:00:00:00:00:03,"));
	hear(peer, PEER);
	arp_flush(&arp);
	test_run_for(MIR_MS(1));
	CHECK(strstr(messages(), "expired 10.0.0.2 link down, was at 02:00:00:00:00:02,learned"));
	end();
}

TEST(an_owner_that_moved_or_is_silent_is_told)
{
	begin();
	hear(peer, PEER);
	pass(MIR_SEC(1));
	CHECK(known(PEER) != NULL);
	pass(MIR_SEC(70));	/* Asked, and no answer. */
	CHECK(strstr(messages(), "expired 10.0.0.2 no answer, was at 02:00:00:00:00:02,"));
	hear(peer, PEER);
	pass(MIR_SEC(3));
	hear(third, PEER);	/* Asks the one that is known: silence. */
	pass(MIR_SEC(2));
	hear(third, PEER);
	test_run_for(MIR_MS(1));
	CHECK_MSG(strncmp(messages(), "moved 10.0.0.2 to 02:00:00:00:00:03,", 36) == 0, "%s", messages());
	end();
}

TEST(commits_of_others_change_the_table)
{
	begin();
	hear(peer, PEER);
	test_run_for(MIR_MS(1));
	CHECK_EQ(foreign("vif0/10.0.0.9", "mac 02:00:00:00:00:03\n"), MIR_OK);
	CHECK(known(PEER + 7) && memcmp(known(PEER + 7), third, 6) == 0);
	CHECK_EQ(foreign("vif0/10.0.0.2", "mac 02:00:00:00:00:03\n"), MIR_OK);
	CHECK_MEM(known(PEER), third, 6);
	CHECK_EQ(foreign("vif0/10.0.0.9", NULL), MIR_OK);
	CHECK(!known(PEER + 7));
	CHECK_STR(messages(), "foreign,foreign,foreign,learned 10.0.0.2 at 02:00:00:00:00:02,");
	CHECK(known(PEER) != NULL);
	end();
}

TEST(what_makes_no_sense_is_refused_and_counted)
{
	static const struct { const char *path, *value; } bad[] = {
		{ "vif0/10.0.0.9", "no mac" }, { "vif0/10.0.0.9", "mac 01:00:00:00:00:03" },
		{ "vif0/10.0.0.9", "mac 00:00:00:00:00:00" }, { "vif0/10.0.0.9", "mac 02:00:00:00:00:01" },
		{ "vif0/10.0.0.1", "mac 02:00:00:00:00:03" }, { "vif0/10.0.1.9", "mac 02:00:00:00:00:03" },
		{ "vif0/224.0.0.1", "mac 02:00:00:00:00:03" }, { "vif0/x", "mac 02:00:00:00:00:03" },
	};
	static char large[1000] = "mac 02:00:00:00:00:03\n";
	uint64_t before = history_stats.refused;

	begin();
	hear(peer, PEER);
	test_run_for(MIR_MS(1));
	for (unsigned i = 0; i < sizeof bad / sizeof *bad; i++) {
		CHECK_EQ(foreign(bad[i].path, bad[i].value), MIR_OK);
		CHECK_EQ(history_stats.refused, before + i + 1);
	}
	memset(large + strlen(large), 'x', 900);
	CHECK_EQ(foreign("vif0/10.0.0.9", large), MIR_OK);
	CHECK_EQ(history_stats.refused, before + 9);
	CHECK(!known(PEER + 7));
	CHECK_EQ(foreign("vif1/10.0.0.9", "mac 02:00:00:00:00:03"), MIR_OK);	/* Not ours. */
	CHECK_EQ(foreign("README", "hello"), MIR_OK);
	CHECK_EQ(history_stats.refused, before + 9);
	end();
}

TEST(a_burst_that_does_not_fit_is_caught_up_with)
{
	uint64_t before = history_stats.dropped;
	struct mir_store_view v;
	struct mir_store_value value;
	char path[32];

	begin();
	for (unsigned i = 0; i < 10; i++)
		hear(peer, PEER + i);
	CHECK_EQ(history_stats.dropped, before + 6);
	test_run_for(MIR_MS(1));
	CHECK(strncmp(messages(), "caught up: 6 events were too many,learned 10.0.0.5", 48) == 0);
	CHECK_EQ(mir_store_view_open(s, "arp", &v), MIR_OK);
	for (unsigned i = 0; i < 10; i++) {
		snprintf(path, sizeof path, "vif0/10.0.0.%u", 2 + i);
		CHECK_EQ(mir_store_stat(&v, path, &value), MIR_OK);
	}
	mir_store_view_close(&v);
	end();
}

TEST(a_flood_of_packets_is_no_flood_of_commits)
{
	uint64_t before = history_stats.commits, made;

	begin();
	for (unsigned i = 0; i < 2000; i++) {
		hear(peer, PEER);
		test_run_for(MIR_US(100));
	}
	made = history_stats.commits - before;		/* One a millisecond. */
	CHECK_MSG(made >= 150 && made <= 210, "%llu commits", (unsigned long long)made);
	CHECK(strstr(messages(), "caught up: ") != NULL);
	end();
}

TEST(a_store_that_others_fill_is_left_in_peace)
{
	static char filling[CONFIG_STORE_VALUE_KIB * 1024];
	const char *branch = "others";
	uint64_t before = history_stats.restarts;
	char path[32];
	int err = MIR_OK;

	begin();
	hear(peer, PEER);
	test_run_for(MIR_MS(1));
	for (unsigned i = 0, size = sizeof filling; !err || size > 16; i++) {
		size = err ? size / 2 : size;
		memcpy(filling, &i, sizeof i);
		snprintf(path, sizeof path, "fill/%u", i);
		err = mir_store_put(s, branch, path, filling, size, "");
	}
	for (unsigned i = 0; i < 30; i++) {
		hear(third, PEER + i);
		test_run_for(MIR_SEC(1));
	}
	CHECK(history_stats.restarts <= before + 1);
	CHECK_EQ(mir_store_branch_remove(s, branch), MIR_OK);
	test_run_for(MIR_SEC(60));
	hear(third, PEER);		/* Now there is room, once it is looked for. */
	test_run_for(MIR_SEC(2));
	CHECK_EQ(history_stats.restarts, before + 2);
	CHECK(strstr(messages(), "begun anew: the store was full,"));
	end();
}

TEST(a_full_store_is_begun_anew)
{
	static char filling[CONFIG_STORE_VALUE_KIB * 1024];
	uint64_t before = history_stats.restarts;
	char path[32];
	int err = MIR_OK;

	begin();
	hear(peer, PEER);
	test_run_for(MIR_MS(1));
	for (unsigned i = 0; !err; i++) {	/* On the branch: it goes with it. */
		filling[0] = (char)i;
		filling[1] = (char)(i >> 8);
		snprintf(path, sizeof path, "fill/%u", i);
		err = foreign(path, filling);
	}
	CHECK_EQ(err, MIR_EFULL);
	for (unsigned i = 1; i < 200; i++) {
		hear(third, PEER + i % 40);
		test_run_for(MIR_MS(1));
	}
	CHECK_EQ(history_stats.restarts, before + 1);
	CHECK(strstr(messages(), "begun anew: the store was full,"));
	end();
}

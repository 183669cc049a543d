/* SPDX-License-Identifier: ISC */
/* A store: two branches, changed, merged and reverted; what is told doesn't depend on the place it is
 * kept in. */
#include <stdlib.h>
#include <string.h>
#include "app/probe/tell.h"
#include "mir/err.h"
#include "mir/format.h"
#include "mir/log.h"
#include "mir/store.h"

#define MAIN	"main"
#define SIDE	"side/branch"

static bool
step(const char *what, int err)
{
	return tell_step("store", what, err);
}

static bool
change(struct mir_store *s, const char *branch, const char *path, const char *value)
{
	char message[80];

	mir_snprintf(message, sizeof message, "%s becomes %s", path, value);
	return step(path, mir_store_put(s, branch, path, value, strlen(value), message));
}

/* Both texts, the older side's first. */
static int
join(void *ctx, const struct mir_store_conflict *c, struct mir_store_value *out)
{
	size_t size = c->ours.size + c->theirs.size;
	char *both = malloc(size + 1);

	(void)ctx;
	if (!both)
		return MIR_ENOMEM;
	memcpy(both, c->ours.data, c->ours.size);
	memcpy(both + c->ours.size, c->theirs.data, c->theirs.size);
	out->mode = MIR_STORE_VALUE;
	out->size = size;
	out->data = both;
	return MIR_OK;
}

static bool
grow(struct mir_store *s)
{
	struct mir_oid start;

	return change(s, MAIN, "colours/sky", "blue") && change(s, MAIN, "colours/grass", "green") &&
	       step("resolve", mir_store_resolve(s, MAIN, &start)) &&
	       step("tag", mir_store_tag(s, "start", &start, NULL)) &&
	       step("branch", mir_store_branch(s, SIDE, &start)) &&
	       change(s, SIDE, "colours/sky", "grey") && change(s, SIDE, "deep/er/value", "1") &&
	       change(s, MAIN, "colours/sky", "black") && change(s, MAIN, "colours/sea", "blue");
}

static bool
merge_and_revert(struct mir_store *s)
{
	const struct mir_store_note merged = { "both skies", "Somebody Else <else@localhost>" };
	const struct mir_store_note reverted = { "the sea has no colour", NULL };
	struct mir_oid side, sea;
	char conflict[MIR_STORE_CONFLICT];

	return step("resolve", mir_store_resolve(s, MAIN, &sea)) &&
	       step("resolve", mir_store_resolve(s, SIDE, &side)) &&
	       step("merge", mir_store_merge(s, MAIN, &side, join, NULL, &merged, conflict, NULL)) &&
	       step("revert", mir_store_revert(s, MAIN, &sea, &reverted, conflict, NULL)) &&
	       step("remove a branch", mir_store_branch_remove(s, SIDE));
}

static bool
tell_values(struct mir_store *s)
{
	static const char *const paths[] = { "colours/sky", "colours/grass", "deep/er/value" };
	struct mir_store_view v;
	struct mir_store_value value;
	bool right = step("view", mir_store_view_open(s, MAIN, &v));

	if (!right)
		return false;
	for (unsigned i = 0; right && i < sizeof paths / sizeof *paths; i++) {
		right = step(paths[i], mir_store_get(&v, paths[i], &value));
		if (!right)
			break;
		mir_printf("value: %s: %s\n", paths[i], (const char *)value.data);
		mir_store_value_free(&value);
	}
	mir_printf("tree: ");
	for (unsigned i = 0; i < MIR_OID_SIZE; i++)
		mir_printf("%02x", v.tree.bytes[i]);
	mir_printf("\n");
	if (mir_store_stat(&v, "colours/sea", &value) != MIR_ENOENT) {
		tell("store", false, "what was reverted is there");
		right = false;
	}
	mir_store_view_close(&v);
	return right;
}

static bool
tell_history(struct mir_store *s)
{
	struct mir_store_commit *c = malloc(sizeof *c);
	struct mir_store_log *log;
	unsigned count = 0;
	int n = c ? mir_store_log_open(s, MAIN, NULL, &log) : MIR_ENOMEM;

	if (!n) {
		while ((n = mir_store_log_next(log, c)) == 1) {
			mir_printf("commit: %u %s: %.*s\n", c->parent_count, c->author,
				   (int)strcspn(c->message, "\n"), c->message);
			count++;
		}
		mir_store_log_close(log);
	}
	free(c);
	if (step("history", n))
		tell("store", count == 8, "%u commits", count);
	return !n;
}

int
probe_store_start(struct mir_console *console, struct mir_store *store)
{
	(void)console;
	if (grow(store) && merge_and_revert(store) && tell_values(store))
		tell_history(store);
	return tell_result();
}

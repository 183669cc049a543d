/* SPDX-License-Identifier: ISC */
/* The calls of mir/odb.h, each handed to the worker's thread. */
#include <stdlib.h>
#include <string.h>
#include "drivers/hostgit/hostgit.h"
#include "drivers/hostgit/watch.h"
#include "mir/err.h"
#include "mir/log.h"
#include "mir/param.h"
#include "mir/stats.h"

struct hostgit {
	struct mir_odb odb;		/* First. */
	struct hostgit_repo repo;	/* The worker's, but its counters and 'changed'. */
	struct hostgit_worker worker;
	struct hostgit_watch watch;
};

static const char *folder = CONFIG_HOSTGIT_FOLDER;
MIR_PARAM(store, mir_param_text, &folder, "FOLDER", "git repository of the host that keeps the store");

static struct {
	uint64_t objects_read, objects_written, refs_set, refs_lost, lock_waits, locks_broken, mended, left_out, errors;
} stats;
MIR_COUNTER_GROUP(hostgit_, &stats, "objects_read\0" "objects_written\0" "refs_set\0" "refs_lost\0"
		  "lock_waits\0" "locks_broken\0" "objects_mended\0" "refs_left_out\0" "errors\0");
MIR_COUNTER(hostgit_looks, &hostgit_looks, "looks at references, for changes by others");
MIR_COUNTER(hostgit_changes, &hostgit_changes, "looks that found references changed by others");

struct call {				/* What a task wants, and what it got. */
	struct hostgit *host;
	enum { OPEN, READ, STAT, WRITE, REF_GET, REF_SET, REF_NEXT } what;
	const struct mir_oid *id, *new;
	struct mir_object *object;
	enum mir_object_kind kind;
	const void *data;
	size_t size;
	const char *folder, *name;
	char *next;
	struct mir_oid *out;
	int result;
	char why[256];
};

static int
dispatch(struct call *c, struct hostgit_repo *r)
{
	switch (c->what) {
	case OPEN: return hostgit_repo_open(r, c->folder);
	case READ: return hostgit_object_read(r, c->id, c->object);
	case STAT: return hostgit_object_stat(r, c->id, c->object);
	case WRITE: return hostgit_object_write(r, c->id, c->kind, c->data, c->size);
	case REF_GET: return hostgit_ref_get(r, c->name, c->out);
	case REF_SET: return hostgit_ref_set(r, c->name, c->id, c->new);
	case REF_NEXT: return hostgit_ref_next(r, c->next, c->out);
	}
	return MIR_EIO;
}

static void
run(void *ctx)
{
	struct call *c = ctx;

	c->result = dispatch(c, &c->host->repo);
	memcpy(c->why, c->host->repo.why, sizeof c->why);
}

/* What a caller brings about by itself is no error of the folder. */
static bool
is_usual(int err)
{
	return err >= 0 || err == MIR_ENOENT || err == MIR_EEXIST || err == MIR_EINVAL;
}

static int
call(struct hostgit *h, struct call *c)
{
	c->host = h;
	hostgit_worker_call(&h->worker, run, c);
	stats.lock_waits = h->repo.lock_waits;
	if (h->repo.locks_broken != stats.locks_broken)
		mir_warn("hostgit", "removed a lock that somebody left who died");
	stats.locks_broken = h->repo.locks_broken;
	stats.mended = h->repo.mended;
	stats.left_out = h->repo.refs_left_out;
	if (!is_usual(c->result)) {
		stats.errors++;
		mir_warn("hostgit", "%s (%s)", c->why, mir_err_name(c->result));
	}
	return c->result;
}

static int
host_read(struct mir_odb *odb, const struct mir_oid *id, struct mir_object *out)
{
	stats.objects_read++;
	return call((struct hostgit *)odb, &(struct call){ .what = READ, .id = id, .object = out });
}

static int
host_stat(struct mir_odb *odb, const struct mir_oid *id, struct mir_object *out)
{
	return call((struct hostgit *)odb, &(struct call){ .what = STAT, .id = id, .object = out });
}

static int
host_write(struct mir_odb *odb, const struct mir_oid *id, enum mir_object_kind kind,
	   const void *data, size_t size)
{
	stats.objects_written++;
	return call((struct hostgit *)odb, &(struct call){ .what = WRITE, .id = id, .kind = kind,
							   .data = data, .size = size });
}

static int
host_ref_get(struct mir_odb *odb, const char *name, struct mir_oid *out)
{
	return call((struct hostgit *)odb, &(struct call){ .what = REF_GET, .name = name, .out = out });
}

static int
host_ref_set(struct mir_odb *odb, const char *name, const struct mir_oid *old,
	     const struct mir_oid *new)
{
	int err = call((struct hostgit *)odb, &(struct call){ .what = REF_SET, .name = name, .id = old,
							      .new = new });

	stats.refs_set += !err;
	stats.refs_lost += err == MIR_EEXIST;
	return err;
}

/* The walk looks at what is there now, and so may find what nobody was told yet. */
static int
host_ref_next(struct mir_odb *odb, char name[MIR_REF_MAX], struct mir_oid *out)
{
	struct hostgit *h = (struct hostgit *)odb;
	int err = call(h, &(struct call){ .what = REF_NEXT, .next = name, .out = out });

	hostgit_watch_tell(&h->watch);
	return err;
}

/* No sweep: what is not reached any more is for "git gc", which knows of worktrees and logs. */
static const struct mir_odb_ops host_ops = {
	.name = "host folder", .read = host_read, .stat = host_stat, .write = host_write,
	.ref_get = host_ref_get, .ref_set = host_ref_set, .ref_next = host_ref_next,
};

static int
open_in(struct hostgit *h, const char *path)
{
	struct call c = { .host = h, .what = OPEN, .folder = path };
	int err = hostgit_worker_start(&h->worker);

	if (err) {
		mir_error("hostgit", "the host has no thread for us");
		return err;
	}
	hostgit_worker_call(&h->worker, run, &c);
	if (c.result) {
		mir_error("hostgit", "command line: key 'store': %s", c.why);
		hostgit_worker_stop(&h->worker);
		return c.result;
	}
	mir_info("hostgit", "the store is in %s, %zu references", h->repo.common, h->repo.refs.count);
	hostgit_watch_start(&h->watch, &h->repo, &h->worker, &h->odb.changed);
	return MIR_OK;
}

int
hostgit_open_folder(const char *path, struct mir_odb **out)
{
	struct hostgit *h = calloc(1, sizeof *h);
	int err = h ? open_in(h, path) : MIR_ENOMEM;

	if (err) {
		free(h);
		return err;
	}
	h->odb.ops = &host_ops;
	*out = &h->odb;
	return MIR_OK;
}

int
hostgit_open(struct mir_odb **out)
{
	return hostgit_open_folder(folder, out);
}

void
hostgit_close(struct mir_odb *odb)
{
	struct hostgit *h = (struct hostgit *)odb;

	hostgit_watch_stop(&h->watch);
	hostgit_worker_stop(&h->worker);
	hostgit_repo_close(&h->repo);
	free(h);
}

/* SPDX-License-Identifier: ISC */
/* Finds what is remembered of a file, or reads the file.
 *
 * A file's times tell whether it changed only if they differ: what was changed twice within one
 * tick of its file system's clock looks the same.  So what was read so soon after a change is not
 * believed at the next request. */
#include <string.h>
#include <time.h>
#include <unistd.h>
#include "drivers/hostkv/look.h"
#include "mir/err.h"
#include "mir/stats.h"
#include "mir/task.h"

#define TRIES		4		/* To read a file that is being written. */
#define SECOND		1000000000ll	/* Nanoseconds. */
#define TICK		(SECOND / 10)	/* More than a tick of Linux. */
#define COARSE_TICK	(2 * SECOND)	/* Of a file system that keeps no fractions: FAT. */

struct reading {			/* A file that a task reads; on its stack. */
	struct reading *next;
	struct hostkv_id id;
	bool compressed;
};

static struct reading *readings;
static struct mir_waitq reading_ended;
static uint64_t digests;
MIR_COUNTER(hostkv_digests, &digests, "files read to learn their hash");

static bool
is_fresh(const struct hostkv_id *id)
{
	struct timespec t;
	int64_t age;

	clock_gettime(CLOCK_REALTIME, &t);
	age = t.tv_sec * SECOND + t.tv_nsec - id->changed;
	return age < (id->changed % SECOND ? TICK : COARSE_TICK);
}

/* Reads all of the file; '*id' is what was read in the end. */
static int
digest_of(int fd, struct hostkv_id *id, bool compressed, struct hostkv_digest *out)
{
	uint64_t most = compressed ? CONFIG_HOSTKV_CACHE_KB * 1024ull : 0;
	struct hostkv_id before;
	int err = MIR_EIO, again;

	for (int i = 0; i < TRIES; i++) {
		digests++;
		before = *id;
		err = hostkv_digest(fd, id->size, most, out);
		again = hostkv_file_id(fd, id);
		if (again || hostkv_same_id(&before, id))
			break;
		if (!err)
			hostkv_variant_put(out->variant);
		err = MIR_EIO;
	}
	if (!err && again) {
		hostkv_variant_put(out->variant);
		err = again;
	}
	return err;
}

/* Makes room for a new variant, or does without. */
static void
fit(struct hostkv_digest *d)
{
	if (d->variant && !hostkv_cache_shrink()) {
		hostkv_variant_put(d->variant);
		d->variant = NULL;
	}
}

/* Takes 'fd'.  An old entry of the same identity stays when its content is still the same. */
static int
remember(int fd, struct hostkv_id *id, bool compressed, struct hostkv_entry **out)
{
	struct hostkv_digest d;
	struct hostkv_entry *e;
	bool fresh = is_fresh(id);
	int err = digest_of(fd, id, compressed, &d);

	if (err) {
		close(fd);
		return err;
	}
	e = hostkv_cache_find(id, compressed);
	if (e && strcmp(e->digest.etag, d.etag) == 0) {
		hostkv_variant_put(d.variant);
		close(fd);
	} else {
		if (e)
			hostkv_cache_drop(e);
		fit(&d);
		e = hostkv_cache_add(id, compressed, fd, &d);
	}
	e->fresh = fresh || is_fresh(id);
	*out = e;
	return MIR_OK;
}

static int
read_file(int fd, struct hostkv_id *id, bool compressed, struct hostkv_entry **out)
{
	struct reading self = { readings, *id, compressed }, **at = &readings;
	int err;

	readings = &self;
	err = remember(fd, id, compressed, out);
	while (*at != &self)
		at = &(*at)->next;
	*at = self.next;
	mir_wake(&reading_ended);
	return err;
}

static bool
is_being_read(const struct hostkv_id *id, bool compressed)
{
	const struct reading *r = readings;

	while (r && !(r->compressed == compressed && hostkv_same_id(&r->id, id)))
		r = r->next;
	return r != NULL;
}

int
hostkv_look_up(const char *folder, const char *key, size_t key_len, bool compressed,
	       struct hostkv_entry **out)
{
	struct hostkv_id id;
	bool waited = false;
	int fd, err;

	for (;;) {
		fd = hostkv_file_open(folder, key, key_len, &id);
		if (fd == MIR_ENOMEM && hostkv_cache_drop_oldest())
			fd = hostkv_file_open(folder, key, key_len, &id);
		if (fd < 0)
			return fd;
		*out = hostkv_cache_find(&id, compressed);
		if (*out && (waited || !(*out)->fresh)) {
			close(fd);
			return MIR_OK;
		}
		if (!is_being_read(&id, compressed))
			return read_file(fd, &id, compressed, out);
		close(fd);
		err = mir_wait(&reading_ended, MIR_NEVER);
		if (err)
			return err;
		waited = true;
	}
}

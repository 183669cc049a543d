/* SPDX-License-Identifier: ISC */
/* inotify's events say where to look; what is there decides whether it is news: our own changes
 * make events, too. */
#include <dirent.h>
#include <limits.h>
#include <stddef.h>
#include <stdio.h>
#include <string.h>
#include <sys/inotify.h>
#include <unistd.h>
#include "drivers/hostgit/watch.h"
#include "mir/err.h"
#include "mir/log.h"

#define EVENTS (IN_CREATE | IN_DELETE | IN_MOVED_TO | IN_MOVED_FROM | IN_CLOSE_WRITE)
#define POLL MIR_MS(CONFIG_HOSTGIT_POLL_MS)

uint64_t hostgit_looks, hostgit_changes;

static void watch_folder(struct hostgit_watch *w, const char *name);

static void
watch_below(struct hostgit_watch *w, const char *path, const char *name)
{
	DIR *d = opendir(path);
	char below[MIR_REF_MAX];
	struct dirent *e;

	while (d && (e = readdir(d)))
		if (e->d_type == DT_DIR && e->d_name[0] != '.' &&
		    (size_t)snprintf(below, sizeof below, "%s/%s", name, e->d_name) < sizeof below)
			watch_folder(w, below);
	if (d)
		closedir(d);
}

/* A folder below refs/, with those in it, or (name "") the repository alone.  The host gives the
 * same number for a folder that it watches already. */
static void
watch_folder(struct hostgit_watch *w, const char *name)
{
	char path[PATH_MAX];
	unsigned i = 0;
	int wd;

	snprintf(path, sizeof path, "%s%s", w->repo->common, name);
	if (w->folder_count == HOSTGIT_FOLDERS)
		return;
	wd = inotify_add_watch(w->inotify.fd, path, EVENTS | IN_ONLYDIR | IN_DONT_FOLLOW);
	if (wd < 0)
		return;
	while (i < w->folder_count && w->folder[i].wd != wd)
		i++;
	w->folder_count += i == w->folder_count;
	w->folder[i].wd = wd;
	strcpy(w->folder[i].name, name);
	if (name[0])
		watch_below(w, path, name);
}

static void
forget_folder(struct hostgit_watch *w, unsigned i)
{
	w->folder[i] = w->folder[--w->folder_count];
}

static void
look_ended(struct hostgit_job *job)
{
	struct hostgit_watch *w = (struct hostgit_watch *)((char *)job - offsetof(struct hostgit_watch, job));

	w->busy = false;
	hostgit_watch_tell(w);
	if (w->look_error)
		mir_debug("hostgit", "looking at the references: %s", w->look_why);
	if (w->all || w->one[0])
		mir_timer_set(&w->poll, mir_now());
}

static void
look_run(struct hostgit_job *job)
{
	struct hostgit_watch *w = (struct hostgit_watch *)((char *)job - offsetof(struct hostgit_watch, job));

	w->look_error = hostgit_refs_look(w->repo, w->looking_at[0] ? w->looking_at : NULL);
	memcpy(w->look_why, w->repo->why, sizeof w->look_why);
}

static void
look(struct hostgit_watch *w)
{
	if (w->busy || w->stopping || (!w->all && !w->one[0]))
		return;
	strcpy(w->looking_at, w->all ? "" : w->one);
	w->all = false;
	w->one[0] = '\0';
	w->busy = true;
	hostgit_looks++;
	hostgit_worker_do(w->worker, &w->job);
}

static void
mark(struct hostgit_watch *w, const char *name)
{
	if (!w->all && (!w->one[0] || strcmp(w->one, name) == 0))
		strcpy(w->one, name);
	else
		w->all = true;
}

static void
take_event(struct hostgit_watch *w, const struct inotify_event *e)
{
	const char *name = e->len ? e->name : "";
	char path[MIR_REF_MAX];
	unsigned i = 0;

	while (i < w->folder_count && w->folder[i].wd != e->wd)
		i++;
	if (e->mask & IN_Q_OVERFLOW) {
		w->all = true;
	} else if (i == w->folder_count || hostgit_repo_is_lock(name)) {
		return;
	} else if (e->mask & IN_IGNORED) {
		forget_folder(w, i);
		w->all = true;
	} else if (!w->folder[i].name[0]) {
		w->all |= strcmp(name, "packed-refs") == 0 || strcmp(name, "refs") == 0;
	} else if ((size_t)snprintf(path, sizeof path, "%s/%s", w->folder[i].name, name) >= sizeof path) {
		return;				/* No name for us. */
	} else if (e->mask & IN_ISDIR) {
		w->all = true;
		watch_folder(w, path);
	} else {
		mark(w, path);
	}
}

static void
events_came(struct unix_watch *inotify, uint32_t events)
{
	struct hostgit_watch *w = (struct hostgit_watch *)inotify;
	char buffer[4096] __attribute__((aligned(__alignof__(struct inotify_event))));
	const struct inotify_event *e;
	ssize_t n;

	(void)events;
	while ((n = read(inotify->fd, buffer, sizeof buffer)) > 0)
		for (ssize_t at = 0; at < n; at += (ssize_t)(sizeof *e + e->len)) {
			e = (const struct inotify_event *)(buffer + at);
			take_event(w, e);
		}
	look(w);
}

/* Also what could not be done at once. */
static void
poll_fired(struct mir_timer *t)
{
	struct hostgit_watch *w = (struct hostgit_watch *)((char *)t - offsetof(struct hostgit_watch, poll));

	if (!w->all && !w->one[0]) {
		w->all = true;
		if (w->inotify.fd >= 0)
			watch_folder(w, "refs");
	}
	look(w);
	mir_timer_set(t, mir_deadline(mir_now(), POLL));
}

void
hostgit_watch_start(struct hostgit_watch *w, struct hostgit_repo *repo,
		    struct hostgit_worker *worker, struct mir_waitq *changed)
{
	*w = (struct hostgit_watch){ .inotify = { .ready = events_came }, .poll.fire = poll_fired,
				     .job = { look_run, look_ended, NULL }, .repo = repo,
				     .worker = worker, .changed = changed };
	w->inotify.fd = inotify_init1(IN_NONBLOCK | IN_CLOEXEC);
	if (w->inotify.fd >= 0 && unix_watch(&w->inotify, EPOLLIN)) {
		close(w->inotify.fd);
		w->inotify.fd = -1;
	}
	if (w->inotify.fd < 0) {
		mir_warn("hostgit", "no inotify: changes by others are seen every %u ms",
			 CONFIG_HOSTGIT_POLL_MS);
	} else {
		watch_folder(w, "");
		watch_folder(w, "refs");
	}
	w->all = true;			/* What happened since it was opened. */
	mir_timer_set(&w->poll, mir_now());
}

static void
nothing(void *ctx)
{
	(void)ctx;
}

/* The worker does one thing after the other: what comes behind the last look ends behind it. */
void
hostgit_watch_stop(struct hostgit_watch *w)
{
	if (w->inotify.fd >= 0) {
		unix_unwatch(&w->inotify);
		close(w->inotify.fd);
		w->inotify.fd = -1;
	}
	w->stopping = true;
	hostgit_worker_call(w->worker, nothing, NULL);
	mir_timer_cancel(&w->poll);
}

void
hostgit_watch_tell(struct hostgit_watch *w)
{
	if (!atomic_exchange(&w->repo->changed, false))
		return;
	hostgit_changes++;
	mir_wake(w->changed);
}

/* SPDX-License-Identifier: ISC */
/* Runs scenarios, each seed in a process of its own, and prints TAP. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>
#include "mir/buf.h"
#include "mir/log.h"
#include "mir/pool.h"
#include "mir/random.h"
#include "sim/priv.h"

#define REAL_LIMIT	300		/* Seconds of real time for a seed. */
#define SETTLE		MIR_SEC(2000)	/* TIME-WAIT and all of TCP's patience are over. */

struct result {				/* From a seed's process to the one that waits. */
	uint64_t digest;
	mir_ns time;
};

struct job {
	pid_t pid;
	uint64_t seed;
	bool second;			/* Of two runs. */
	struct result first;
};

struct tally {
	unsigned runs, failed;
	double time;			/* Virtual seconds. */
};

static struct sim_scenario *scenarios, **scenarios_end = &scenarios;
static struct sim_options options;
static const char *program;
static struct job jobs[64];
static struct result *results;		/* Shared; one a job. */
static size_t kept;			/* Pool objects that may stay. */

void
sim_add(struct sim_scenario *s)
{
	*scenarios_end = s;
	scenarios_end = &s->next;
}

void
sim_keeps(size_t objects)
{
	kept += objects;
}

/* What is kept once it was used counts from the start. */
static void
warm_up(void)
{
	mir_buf_free(mir_buf_alloc(0, 1));
	mir_buf_free(mir_buf_alloc(0, 1000));
}

/* A small buffer's view is in no pool. */
static size_t
objects_in_use(void)
{
	return mir_pools_in_use() + mir_buf_stats.views;
}

/* The end: nothing may be left but what is kept for ever. */
static void
check_quiet(size_t objects)
{
	sim_links_unfilter();
	sim_tasks_cancel();
	sim_run_for(SETTLE);
	sim_links_drop();
	objects += kept;
	if (CHECK_MSG(objects_in_use() == objects, "%zd objects more than before",
		      (ssize_t)(objects_in_use() - objects)))
		return;
	for (const struct mir_pool *p = mir_pool_first(); p; p = p->next)
		if (p->in_use)
			sim_note("  %u in the pool of %s", p->in_use, p->name);
}

_Noreturn static void
run_seed(const struct sim_scenario *s, uint64_t seed, struct result *out)
{
	size_t objects;

	alarm(REAL_LIMIT);
	sim_scenario_name = s->name;
	sim_random_init(seed);
	sim_loop_init();
	sim_memory_init();
	warm_up();
	objects = objects_in_use();
	mir_log_level = options.log ? MIR_LOG_DEBUG : MIR_LOG_ERROR;
	s->run();
	*out = (struct result){ sim_digest, mir_now() - sim_started() };
	check_quiet(objects);
	exit(sim_failures != 0);
}

static void
start(const struct sim_scenario *s, struct job *j)
{
	fflush(stdout);
	results[j - jobs] = (struct result){ 0 };
	j->pid = fork();
	if (j->pid == 0)
		run_seed(s, j->seed, &results[j - jobs]);
	if (j->pid < 0)
		sim_die("fork failed");
}

static void
print_failure(const struct sim_scenario *s, uint64_t seed)
{
	printf("# failed; to see it: %s --only %s --seed %llu --log --pcap DIR\n", program, s->name,
	       (unsigned long long)seed);
}

/* The job whose process ended; its result stands. */
static struct job *
wait_for_one(int *status)
{
	pid_t pid = wait(status);

	for (struct job *j = jobs; j < jobs + options.jobs; j++)
		if (j->pid == pid)
			return j;
	sim_die("lost a process");
}

/* true: the job goes on with its second run. */
static bool
judge(const struct sim_scenario *s, struct job *j, int status, struct tally *t)
{
	const struct result *r = &results[j - jobs];
	bool bad = status != 0;

	j->pid = 0;
	if (WIFSIGNALED(status))
		printf("# %s %llu: ended by signal %d (%s)\n", s->name, (unsigned long long)j->seed,
		       WTERMSIG(status), strsignal(WTERMSIG(status)));
	if (!bad && options.twice && !j->second) {
		j->second = true;
		j->first = *r;
		return true;
	}
	if (!bad && j->second && memcmp(r, &j->first, sizeof *r) != 0) {
		printf("# %s %llu: two runs differ\n", s->name, (unsigned long long)j->seed);
		bad = true;
	}
	if (bad)
		print_failure(s, j->seed);
	t->runs++;
	t->failed += bad;
	t->time += (double)r->time / 1e9;
	return false;
}

static struct job *
free_job(void)
{
	for (struct job *j = jobs; j < jobs + options.jobs; j++)
		if (!j->pid)
			return j;
	return NULL;
}

static void
run_seeds(const struct sim_scenario *s, unsigned count, struct tally *t)
{
	unsigned begun = 0, running = 0;
	struct job *j;
	int status;

	while (begun < count || running) {
		while (begun < count && (j = free_job())) {
			*j = (struct job){ .seed = options.first + begun++ };
			start(s, j);
			running++;
		}
		j = wait_for_one(&status);
		if (judge(s, j, status, t))
			start(s, j);
		else
			running--;
	}
}

static bool
run_scenario(const struct sim_scenario *s, unsigned n)
{
	bool capped = s->seeds && s->seeds < options.count && !options.only;
	unsigned count = capped ? s->seeds : options.count;
	struct tally t = { 0 };

	run_seeds(s, count, &t);
	if (t.failed)
		printf("not ok %u - %s: %u of %u seeds failed\n", n, s->name, t.failed, t.runs);
	else
		printf("ok %u - %s: seeds %llu to %llu, %.1f virtual seconds%s\n", n, s->name,
		       (unsigned long long)options.first,
		       (unsigned long long)options.first + count - 1, t.time,
		       options.twice ? ", each twice and the same" : "");
	fflush(stdout);
	return !t.failed;
}

static bool
wanted(const struct sim_scenario *s)
{
	return !options.only || strstr(s->name, options.only);
}

int
main(int argc, char **argv)
{
	unsigned n = 0;
	int status = 0;

	program = argv[0];
	setvbuf(stdout, NULL, _IOLBF, 0);
	if (!sim_options(argc, argv, &options, &status))
		return status;
	results = mmap(NULL, sizeof *results * 64, PROT_READ | PROT_WRITE,
		       MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	if (results == MAP_FAILED)
		sim_die("no memory");
	for (const struct sim_scenario *s = scenarios; s; s = s->next) {
		if (wanted(s) && options.list)
			printf("%s\n", s->name);
		else if (wanted(s))
			status |= !run_scenario(s, ++n);
	}
	if (!options.list)
		printf("1..%u\n", n);
	return status;
}

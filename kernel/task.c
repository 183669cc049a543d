/* SPDX-License-Identifier: ISC */
/* Tasks: their stacks, the ready list, and the switch between a task and the loop.
 *
 * A task's struct stands at the top of its own stack memory, above the stack: one allocation a
 * task.  Stacks of ended tasks are kept for the next ones, with their guard pages in place: up to
 * a twelfth of memory, so that a server's connections come and go without touching tables. */
#include "kernel/task.h"
#include "mir/arch.h"
#include "mir/err.h"
#include "mir/page.h"
#include "mir/panic.h"
#include "mir/stats.h"

#define STACK_PAGES	(CONFIG_TASK_STACK_PAGES + 1)		/* With the guard page. */
#define FREE_KEPT	(mir_page_total_count() / 13 / STACK_PAGES)	/* Stacks kept for reuse. */

struct mir_task *mir_current;

static void *loop_sp;
static struct mir_task *ready_head, **ready_tail = &ready_head;
static struct mir_task *free_tasks;
static unsigned free_count;
static uint64_t tasks_alive, switches;
MIR_COUNTER(tasks_alive, &tasks_alive, "tasks that have not ended");
MIR_COUNTER(task_switches, &switches, "switches from the loop to a task");

static struct mir_task *
task_at(void *stack)
{
	return (struct mir_task *)((char *)stack + STACK_PAGES * MIR_PAGE_SIZE) - 1;
}

static struct mir_task *
stack_get(void)
{
	struct mir_task *t = free_tasks;
	void *stack;

	if (t) {
		free_tasks = t->next;
		free_count--;
		stack = t->stack;
	} else {
		stack = mir_page_alloc(STACK_PAGES);
		if (!stack)
			return NULL;
		if (arch_page_guard(stack)) {
			mir_page_free(stack, STACK_PAGES);
			return NULL;
		}
	}
	t = task_at(stack);
	*t = (struct mir_task){ .stack = stack };
	return t;
}

static void
stack_put(struct mir_task *t)
{
	if (free_count < FREE_KEPT) {
		t->next = free_tasks;
		free_tasks = t;
		free_count++;
		return;
	}
	arch_page_unguard(t->stack);
	mir_page_free(t->stack, STACK_PAGES);
}

void
task_make_ready(struct mir_task *t)
{
	if (t->ready || t->done)
		return;
	t->ready = true;
	t->next = NULL;
	*ready_tail = t;
	ready_tail = &t->next;
}

static void
task_entry(void)
{
	struct mir_task *t = mir_current;

	t->fn(t->arg);
	t->done = true;
	mir_wake(&t->ended);
	task_block();
	mir_panic("task %s ran on after its end", t->name);
}

static void
timer_fired(struct mir_timer *timer)
{
	struct mir_task *t =
	    (struct mir_task *)((char *)timer - offsetof(struct mir_task, timer));

	t->timed_out = true;
	task_make_ready(t);
}

struct mir_task *
mir_spawn(const char *name, void (*fn)(void *), void *arg)
{
	struct mir_task *t = stack_get();

	if (!t)
		return NULL;
	t->name = name;
	t->fn = fn;
	t->arg = arg;
	t->timer.fire = timer_fired;
	t->sp = arch_stack_init(t, task_entry);
	tasks_alive++;
	task_make_ready(t);
	return t;
}

/* An ended task nobody holds gives its stack back: from the loop, never from its own stack. */
static void
reap(struct mir_task *t)
{
	if (t->done && t->holds == 0) {
		tasks_alive--;
		stack_put(t);
	}
}

void
mir_task_hold(struct mir_task *t)
{
	t->holds++;
}

void
mir_task_release(struct mir_task *t)
{
	MIR_ASSERT(t->holds > 0);
	t->holds--;
	reap(t);
}

void
task_block(void)
{
	struct mir_task *t = mir_current;

	MIR_ASSERT(t != NULL);
	arch_switch(&t->sp, loop_sp);
}

static void
run(struct mir_task *t)
{
	t->ready = false;
	mir_current = t;
	switches++;
	arch_stack_bounds((uintptr_t)t->stack + MIR_PAGE_SIZE, (uintptr_t)t);
	arch_switch(&loop_sp, t->sp);
	arch_stack_bounds(0, 0);
	mir_current = NULL;
	reap(t);
}

bool
tasks_ready(void)
{
	return ready_head != NULL;
}

bool
tasks_run(void)
{
	struct mir_task *t, *list = ready_head;

	ready_head = NULL;
	ready_tail = &ready_head;
	if (!list)
		return false;
	while ((t = list)) {
		list = t->next;
		run(t);
	}
	return true;
}

struct mir_task *
mir_task_self(void)
{
	return mir_current;
}

const char *
mir_task_name(const struct mir_task *t)
{
	return t ? t->name : "the scheduler's loop";
}

/* SPDX-License-Identifier: ISC */
/* Entropy of the processor: its own generator where it has one, and the jitter of its clock.
 *
 * The claims are careful: 32 bits for 64 bits of RDSEED or RDRAND, 1/4 bit for the low byte of
 * the time that a walk over memory takes.  The cutoffs follow from these (SP 800-90B, 4.4): a
 * false alarm once in 2^20. */
#include <stddef.h>
#include "arch/x86_64/cpu.h"
#include "arch/x86_64/entropy.h"
#include "lib/health.h"
#include "mir/log.h"
#include "mir/random.h"

#define WORDS		8		/* From the processor's generator. */
#define WORD_CLAIM	32		/* Bits. */
#define WORD_TRIES	100		/* Of each; it may be drained by other guests. */
#define JITTER_MIXED	2		/* Samples beside a working generator: rdtsc may be slow. */
#define JITTER_ALONE	1024		/* Samples when there is none: 256 bits claimed. */

static bool
rdseed(uint64_t *v)
{
	bool ok;

	__asm__ volatile("rdseed %0" : "=r"(*v), "=@ccc"(ok));
	return ok;
}

static bool
rdrand(uint64_t *v)
{
	bool ok;

	__asm__ volatile("rdrand %0" : "=r"(*v), "=@ccc"(ok));
	return ok;
}

static bool
cpu_has_rdseed(void)
{
	return cpuid(0, 0).eax >= 7 && (cpuid(7, 0).ebx >> 18 & 1);
}

static bool
draw(bool (*instruction)(uint64_t *), uint64_t *v)
{
	for (unsigned i = 0; i < WORD_TRIES; i++) {
		if (instruction(v))
			return true;
		cpu_pause();
	}
	return false;
}

/* True: a healthy generator's words were mixed in. */
static bool
seed_words(bool (*instruction)(uint64_t *))
{
	struct health h = { .repeat_cutoff = 2, .proportion_cutoff = 3 };
	uint64_t words[WORDS];
	bool good = true;

	for (unsigned i = 0; i < WORDS; i++)
		good = good && draw(instruction, &words[i]) && health_sample(&h, words[i]);
	if (good)
		mir_random_seed(words, sizeof words, WORDS * WORD_CLAIM);
	else
		mir_warn("entropy", "the processor's random generator fails its health test");
	return good;
}

/* How long a walk over some cache lines takes, in cycles. */
static uint64_t
jitter_sample(void)
{
	static volatile uint8_t walk[4096];
	uint64_t start = rdtsc();

	for (unsigned i = 0; i < sizeof walk; i += 256)
		walk[(i + start) % sizeof walk]++;
	return rdtsc() - start;
}

static void
seed_jitter(unsigned samples)
{
	struct health h = { .repeat_cutoff = 81, .proportion_cutoff = 470 };
	uint64_t some[16] = { 0 }, v;
	bool good = true;

	for (unsigned i = 0; i < samples; i++) {
		v = jitter_sample();
		good = health_sample(&h, v & 0xff) && good;
		some[i % 16] = (some[i % 16] << 7 | some[i % 16] >> 57) ^ v;
	}
	mir_random_seed(some, sizeof some, good && samples >= HEALTH_WINDOW ? samples / 4 : 0);
}

void
arch_entropy_seed(void)
{
	uint64_t now = rdtsc();
	bool good = false;

	mir_random_seed(&now, sizeof now, 0);
	if (cpu_has_rdseed())
		good = seed_words(rdseed);
	if (!good && cpu_has_rdrand())
		good = seed_words(rdrand);
	seed_jitter(good ? JITTER_MIXED : JITTER_ALONE);
}

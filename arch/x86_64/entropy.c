/* SPDX-License-Identifier: ISC */
/* Entropy of the processor: its own generator where it has one, and the jitter of its clock.
 *
 * The claims are careful: 32 bits for 64 bits of RDSEED or RDRAND, 1/4 bit for the time that a
 * walk over memory takes.  The cutoffs follow from these (SP 800-90B, 4.4): a
 * false alarm once in 2^20. */
#include <string.h>
#include "arch/x86_64/cpu.h"
#include "arch/x86_64/entropy.h"
#include "lib/health.h"
#include "mir/err.h"
#include "mir/log.h"

#define WORDS		8		/* From the processor's generator. */
#define WORD_CLAIM	32		/* Bits. */
#define WORD_TRIES	100		/* Of each; it may be drained by other guests. */
#define JITTER_MIXED	2		/* Samples beside a working generator: rdtsc may be slow. */
#define JITTER_ALONE	1024		/* Samples when there is none: 256 bits claimed. */
#define JITTER_TRIES	8		/* An emulator may be steady for the time of one test. */

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

/* True: a healthy generator's words are in 'words'. */
static bool
draw_words(bool (*instruction)(uint64_t *), uint64_t words[WORDS])
{
	struct health h = { .repeat_cutoff = 2, .proportion_cutoff = 3 };
	bool good = true;

	for (unsigned i = 0; i < WORDS; i++)
		good = good && draw(instruction, &words[i]) && health_sample(&h, words[i]);
	if (!good)
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

/* Folds the samples into 'words'; true: they look like noise. */
static bool
add_jitter(uint64_t words[WORDS], unsigned samples)
{
	struct health h = { .repeat_cutoff = 81, .proportion_cutoff = 470 };
	bool good = true;
	uint64_t v;

	for (unsigned i = 0; i < samples; i++) {
		v = jitter_sample();
		good = health_sample(&h, v) && good;
		words[i % WORDS] = (words[i % WORDS] << 7 | words[i % WORDS] >> 57) ^ v;
	}
	return good;
}

/* The clock may go in steps of many cycles, and stand for a while: samples that failed are kept,
 * they do no harm, but are claimed to be worth nothing. */
static bool
jitter_alone(uint64_t words[WORDS])
{
	for (unsigned i = 0; i < JITTER_TRIES; i++)
		if (add_jitter(words, JITTER_ALONE))
			return true;
	return false;
}

static int
cpu_read(struct mir_entropy *e, void *to, size_t len, unsigned *bits)
{
	uint64_t words[WORDS] = { rdtsc() };
	bool good = false;

	(void)e;
	if (len > sizeof words)
		len = sizeof words;
	if (cpu_has_rdseed())
		good = draw_words(rdseed, words);
	if (!good && cpu_has_rdrand())
		good = draw_words(rdrand, words);
	if (good)
		add_jitter(words, JITTER_MIXED);
	else if (!jitter_alone(words))
		return MIR_EIO;
	memcpy(to, words, len);
	*bits = (unsigned)(WORDS * WORD_CLAIM * len / sizeof words);
	return (int)len;
}

static const struct mir_entropy_ops cpu_ops = { "processor", cpu_read };
struct mir_entropy arch_entropy = { &cpu_ops };

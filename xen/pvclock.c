/* SPDX-License-Identifier: ISC */
/* Xen's clocks as xen/xen.h describes them at struct vcpu_time_info and shared_info's wc_*. */
#include "xen/pvclock.h"

#define LOAD(x)		__atomic_load_n(&(x), __ATOMIC_RELAXED)

/* The fences order the version's two readings before and after the fields'. */
bool
pvclock_sample(const volatile struct vcpu_time_info *t, struct pvclock_sample *s)
{
	uint32_t version = LOAD(t->version);

	__atomic_thread_fence(__ATOMIC_ACQUIRE);
	s->tsc_timestamp = LOAD(t->tsc_timestamp);
	s->system_time = LOAD(t->system_time);
	s->mul = LOAD(t->tsc_to_system_mul);
	s->shift = LOAD(t->tsc_shift);
	__atomic_thread_fence(__ATOMIC_ACQUIRE);
	return !(version & 1) && LOAD(t->version) == version;
}

/* The stamp may lie before the guest's counter began: it is "negative" then, so the difference is
 * taken modulo 2^64.  A counter that reads less than the stamp (it was read just before Xen set
 * a new one) counts as 0. */
uint64_t
pvclock_ns(const struct pvclock_sample *s, uint64_t tsc)
{
	uint64_t delta = (int64_t)(tsc - s->tsc_timestamp) > 0 ? tsc - s->tsc_timestamp : 0;
	unsigned __int128 wide = delta;

	if (s->shift >= 0)
		wide <<= s->shift & 63;
	else
		wide >>= -s->shift & 63;
	return s->system_time + (uint64_t)((unsigned __int128)(uint64_t)wide * s->mul >> 32);
}

bool
pvclock_wall(const volatile struct shared_info *s, uint64_t *ns)
{
	uint32_t version = LOAD(s->wc_version);
	uint64_t seconds, nanos;

	__atomic_thread_fence(__ATOMIC_ACQUIRE);
	seconds = (uint64_t)LOAD(s->wc_sec_hi) << 32 | LOAD(s->wc_sec);
	nanos = LOAD(s->wc_nsec);
	__atomic_thread_fence(__ATOMIC_ACQUIRE);
	*ns = seconds * 1000000000 + nanos;
	return !(version & 1) && LOAD(s->wc_version) == version;
}

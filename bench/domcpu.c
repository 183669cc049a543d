/* SPDX-License-Identifier: ISC */
/* domcpu - prints the processor time of a domain in nanoseconds; xl list knows tenths of seconds.
 *
 *	domcpu DOMAIN [SECONDS]
 *
 * With SECONDS it sleeps so long, and prints the time used meanwhile in per cent. */
#define _GNU_SOURCE
#include "domctl.h"

#include <stdio.h>
#include <stdlib.h>
#include <time.h>

static uint64_t
now_ns(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (uint64_t)t.tv_sec * 1000000000u + (uint64_t)t.tv_nsec;
}

int
main(int argc, char **argv)
{
	struct timespec pause = { 0 };
	uint64_t used, begin;
	uint16_t domain;

	if (argc < 2 || argc > 3) {
		fprintf(stderr, "usage: domcpu DOMAIN [SECONDS]\n");
		return 2;
	}
	domain = (uint16_t)atoi(argv[1]);
	domctl_open();
	used = domctl_cpu_ns(domain);
	if (argc == 2) {
		printf("%llu\n", (unsigned long long)used);
		return 0;
	}
	pause.tv_sec = atol(argv[2]);
	begin = now_ns();
	nanosleep(&pause, NULL);
	used = domctl_cpu_ns(domain) - used;
	printf("%.4f\n", (double)used * 100 / (double)(now_ns() - begin));
	return 0;
}

/* SPDX-License-Identifier: ISC */
/* The command line of a program of scenarios. */
#include <getopt.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>
#include "sim/priv.h"

enum { SEED = 1, SEEDS, ONLY, PCAP, JOBS, LIST, TWICE, LOG, HELP };

static const struct option long_options[] = {
	{ "seed", required_argument, NULL, SEED }, { "seeds", required_argument, NULL, SEEDS },
	{ "only", required_argument, NULL, ONLY }, { "pcap", required_argument, NULL, PCAP },
	{ "jobs", required_argument, NULL, JOBS }, { "list", no_argument, NULL, LIST },
	{ "twice", no_argument, NULL, TWICE }, { "log", no_argument, NULL, LOG },
	{ "help", no_argument, NULL, HELP }, { NULL, 0, NULL, 0 },
};

static const char help[] =
"Runs scenarios on simulated networks, in virtual time.  One line of TAP a scenario.\n"
"\n"
"  --only NAME   scenarios whose names contain NAME\n"
"  --seed N      the first seed, or the only one (default 1)\n"
"  --seeds N     so many seeds (default 1); long scenarios run fewer unless named by --only\n"
"  --jobs N      so many at a time (default: as many as there are processors)\n"
"  --twice       run each seed twice and compare the two\n"
"  --pcap DIR    write a capture for each end of each link\n"
"  --log         show what the hosts log\n"
"  --list        names of the scenarios\n"
"  --help        this text\n";

static bool
number(const char *text, const char *what, unsigned long long max, unsigned long long *out)
{
	char *end;

	*out = strtoull(text, &end, 10);
	if (*text >= '0' && *text <= '9' && !*end && *out <= max)
		return true;
	fprintf(stderr, "--%s: bad value '%s'\n", what, text);
	return false;
}

static bool
take(int which, struct sim_options *o)
{
	unsigned long long n = 0;
	bool ok = true;

	switch (which) {
	case SEED:
		ok = number(optarg, "seed", UINT64_MAX, &n);
		o->first = n;
		break;
	case SEEDS:
		ok = number(optarg, "seeds", 100000000, &n);
		o->count = (unsigned)n;
		break;
	case JOBS:
		ok = number(optarg, "jobs", 64, &n) && n > 0;
		o->jobs = (unsigned)n;
		break;
	case ONLY:
		o->only = optarg;
		break;
	case PCAP:
		sim_pcap_dir = optarg;
		break;
	case LIST:
		o->list = true;
		break;
	case TWICE:
		o->twice = true;
		break;
	case LOG:
		o->log = true;
		break;
	default:
		return false;
	}
	return ok;
}

bool
sim_options(int argc, char **argv, struct sim_options *out, int *status)
{
	long cpus = sysconf(_SC_NPROCESSORS_ONLN);
	int which;

	*out = (struct sim_options){ .first = 1, .count = 1,
				     .jobs = cpus < 1 ? 1 : cpus > 64 ? 64 : (unsigned)cpus };
	while ((which = getopt_long(argc, argv, "", long_options, NULL)) != -1) {
		if (take(which, out))
			continue;
		if (which == HELP)
			fputs(help, stdout);
		*status = which == HELP ? 0 : 2;
		return false;
	}
	if (optind == argc)
		return true;
	fprintf(stderr, "unknown argument '%s'; --help lists them\n", argv[optind]);
	*status = 2;
	return false;
}

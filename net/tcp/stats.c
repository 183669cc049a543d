/* SPDX-License-Identifier: ISC */
/* The TCP engine's counters, made known by name. */
#include "mir/stats.h"
#include "net/tcp/stats.h"

struct tcp_stats tcp_stats;

#define TCP_KNOWN(name, help) MIR_COUNTER(tcp_##name, &tcp_stats.name, help);
TCP_COUNTERS(TCP_KNOWN)

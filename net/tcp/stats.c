/* SPDX-License-Identifier: ISC */
/* The TCP engine's counters, made known by name. */
#include "mir/stats.h"
#include "net/tcp/stats.h"

struct tcp_stats tcp_stats;

#define TCP_KNOWN(name, help) #name "\0"
MIR_COUNTER_GROUP(tcp_, &tcp_stats, TCP_COUNTERS(TCP_KNOWN));

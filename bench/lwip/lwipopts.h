/* SPDX-License-Identifier: ISC */
/* lwIP for the comparison: its raw API, as fast as its options make it, and able to do what the
 * other side does: large windows with scaling, timestamps, out-of-order queueing, SACK. */
#ifndef BENCH_LWIP_LWIPOPTS_H
#define BENCH_LWIP_LWIPOPTS_H

#define NO_SYS				1
#define SYS_LIGHTWEIGHT_PROT		0
#define LWIP_NETCONN			0
#define LWIP_SOCKET			0
#define LWIP_STATS			0
#define LWIP_NOASSERT			1
#define LWIP_IPV6			0
#define LWIP_DHCP			0
#define LWIP_ICMP			1
#define IP_REASSEMBLY			0
#define IP_FRAG				0

/* Memory: pools only, the faster kind, and plenty. */
#define MEM_ALIGNMENT			8
#define MEM_USE_POOLS			1
#define MEMP_USE_CUSTOM_POOLS		1
#define MEMP_NUM_TCP_PCB		64
#define MEMP_NUM_TCP_SEG		4096
#define MEMP_NUM_PBUF			4096
#define PBUF_POOL_SIZE			128
#define PBUF_POOL_BUFSIZE		1600
#define LWIP_SUPPORT_CUSTOM_PBUF	1

#define TCP_MSS				1460
#define LWIP_WND_SCALE			1
#define TCP_RCV_SCALE			3
#define TCP_WND				131072
#define TCP_SND_BUF			262144
#define TCP_SND_QUEUELEN		1024
#define TCP_SNDLOWAT			32768
#define TCP_SNDQUEUELOWAT		512
#define LWIP_TCP_TIMESTAMPS		1
#define LWIP_TCP_SACK_OUT		1
#define TCP_QUEUE_OOSEQ			1
#define TCP_LISTEN_BACKLOG		1

/* The fastest of its three; by interface, so that one build measures both ways. */
#define LWIP_CHKSUM_ALGORITHM		3
#define LWIP_CHECKSUM_CTRL_PER_NETIF	1
#define CHECKSUM_GEN_UDP		1

/* Its own HTTP server, with the one page that is asked for, head and all, in memory. */
#define HTTPD_SERVER_PORT		8080
#define HTTPD_USE_MEM_POOL		1
#define MEMP_NUM_PARALLEL_HTTPD_CONNS	64
#define MEMP_NUM_PARALLEL_HTTPD_SSI_CONNS 1
#define LWIP_HTTPD_SUPPORT_11_KEEPALIVE	1
#define LWIP_HTTPD_SUPPORT_REQUESTLIST	0
#define HTTPD_FSDATA_FILE		"bench/lwip/fsdata.h"

#endif

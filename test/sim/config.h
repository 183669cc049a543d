/* SPDX-License-Identifier: ISC */
/* Simulations run with www's configuration, but limits that one pool keeps for a whole image are
 * shared by all hosts here, and the host's C library needs larger stacks. */
#undef CONFIG_TASK_STACK_PAGES
#define CONFIG_TASK_STACK_PAGES 64
#undef CONFIG_HTTP_CONNS
#define CONFIG_HTTP_CONNS 65536

/* SPDX-License-Identifier: ISC */
/* Unit tests run with www's configuration, but the host's C library and the sanitizers need
 * larger stacks. */
#undef CONFIG_TASK_STACK_PAGES
#define CONFIG_TASK_STACK_PAGES 64

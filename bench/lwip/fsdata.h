/* SPDX-License-Identifier: ISC */
/* bench/lwip/fsdata.h - the files of lwIP's HTTP server, for its fs.c alone. */
#include "bench/lwip/side.h"
#include "lwip/apps/fs.h"
#include "src/apps/http/fsdata.h"

static const struct fsdata_file index_html[] = { {
	.name = (const unsigned char *)"/index.html",
	.data = (const unsigned char *)side_answer,
	.len = sizeof SIDE_ANSWER - 1,
	.flags = FS_FILE_FLAGS_HEADER_INCLUDED | FS_FILE_FLAGS_HEADER_PERSISTENT |
		 FS_FILE_FLAGS_HEADER_HTTPVER_1_1,
} };

#define FS_ROOT index_html
#define FS_NUMFILES 1

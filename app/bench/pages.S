/* SPDX-License-Identifier: ISC */
/* The bytes that bench sends, in memory that nobody can write. */
	.section .rodata
	.globl	bench_pages
	.balign	4096
bench_pages:
	.set	at, 0
	.rept	65536 / 8
	.byte	'0', '0', '0' + at / 10000, '0' + at / 1000 % 10
	.byte	'0' + at / 100 % 10, '0' + at / 10 % 10, '0' + at % 10, '\n'
	.set	at, at + 8
	.endr

	.macro	answer name, connection
	.globl	\name, \name\()_end
\name:
	.ascii	"HTTP/1.1 200 OK\r\nServer: Mir\r\nContent-Type: text/plain\r\n"
	.ascii	"Content-Length: 256\r\nConnection: \connection\r\n\r\n"
	.fill	255, 1, 'x'
	.byte	'\n'
\name\()_end:
	.endm

	.balign	4096			# So that neither answer lies on two pages.
	answer	bench_answer, keep-alive
	answer	bench_answer_close, close
	.balign	4096
	.section .note.GNU-stack, "", @progbits

/* SPDX-License-Identifier: ISC */
/* __fentry__: the stack check at the entry of functions compiled with -pg -mfentry.
 *
 * A page fault on an overflowed stack reaches a PVH guest on a stack of its own, but Xen
 * delivers a PV guest's faults on the very stack that has run out, and kills the domain without
 * a word.  Application code, which may recurse without end, therefore checks before it uses the
 * stack; the library's own call chains fit the reserve that the limit leaves. */
	.text
	.global __fentry__
	.type __fentry__, @function
__fentry__:
	cmpq arch_stack_limit(%rip), %rsp
	jb 1f
	ret
1:	movq %rsp, %rdx
	movq (%rsp), %rdi
	movq %rbp, %rsi
	movl $arch_trap_stack_top, %esp
	call arch_stack_overflow
	ud2
	.size __fentry__, . - __fentry__

	.section .note.GNU-stack, "", @progbits

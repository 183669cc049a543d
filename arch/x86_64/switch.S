/* SPDX-License-Identifier: ISC */
/* arch_switch: callee-saved registers and the stack pointer (System V ABI for x86-64).  The SSE
 * and x87 control words are the same for all tasks. */
	.text
	.global arch_switch
	.type arch_switch, @function
arch_switch:
	pushq %rbp
	pushq %rbx
	pushq %r12
	pushq %r13
	pushq %r14
	pushq %r15
	movq %rsp, (%rdi)
	movq %rsi, %rsp
	popq %r15
	popq %r14
	popq %r13
	popq %r12
	popq %rbx
	popq %rbp
	ret
	.size arch_switch, . - arch_switch

	.section .note.GNU-stack, "", @progbits

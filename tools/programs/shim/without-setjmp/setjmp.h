/*
 * Found instead of the real one by a program built without exceptions. setjmp never comes back a
 * second time, and longjmp ends the program as the program itself defines.
 */
#ifndef SHIM_SETJMP_H
#define SHIM_SETJMP_H
typedef int jmp_buf;
#define setjmp(buffer) 0
#define longjmp(buffer, value) exitInsteadOfJump()
_Noreturn void exitInsteadOfJump(void);
#endif

/*
 * Lua without setjmp: an error ends the program with its message, a yield ends it too. For the
 * execution model that takes the stack out with Asyncify, which refuses modules with exceptions.
 */
#ifndef SHIM_LUA_EXIT_H
#define SHIM_LUA_EXIT_H

struct lua_State;
_Noreturn void luaExitWithError(struct lua_State *L, int status);

#define LUAI_THROW(L, c) luaExitWithError(L, (c)->status)
#define LUAI_TRY(L, c, a) { a }
#define luai_jmpbuf int

#endif

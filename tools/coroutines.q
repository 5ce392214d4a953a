# For clang-query: the forms that g++ 12 miscompiles inside one full expression with co_await or co_yield (what they hold
# is destroyed twice), though they are good C++. tools/check.d/30-coroutines.sh runs this; tests/lint/bad.cpp shows each
# form and good.cpp what to write instead.
set output diag

# What counts is one function: an await inside a lambda's body belongs to the lambda.
let here forCallable(equalsBoundNode("function"))
let await expr(anyOf(coawaitExpr(), coyieldExpr()))

# Beside an await: a temporary aggregate with something to destroy, braces that become a std::initializer_list, a temporary
# lambda whose captures are to be destroyed, ?: that makes an object.
let object hasType(hasUnqualifiedDesugaredType(recordType()))
let trap expr(anyOf(cxxBindTemporaryExpr(has(initListExpr())), cxxStdInitializerListExpr(), cxxBindTemporaryExpr(has(lambdaExpr())), conditionalOperator(object)))
m expr(isExpansionInMainFile(), anyOf(exprWithCleanups(), await), forCallable(decl().bind("function")), anyOf(await, hasDescendant(expr(await, here))), hasDescendant(expr(trap, here)))

# Inside braces that fill in an object or an array: await into a local first.
let filled hasType(hasUnqualifiedDesugaredType(anyOf(recordType(), arrayType())))
m initListExpr(isExpansionInMainFile(), filled, forCallable(decl().bind("function")), hasDescendant(expr(await, here)))

# auto [a, b] = co_await ...: name the result first.
m decompositionDecl(isExpansionInMainFile(), hasInitializer(expr(anyOf(await, hasDescendant(await)))))

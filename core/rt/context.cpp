#include "rt/context.hpp"

namespace arun {

namespace detail {

constinit thread_local ContextSlot* current_context_slot = nullptr;

namespace {
std::uint64_t next_number() noexcept {
    static std::atomic<std::uint64_t> last{0};
    return last.fetch_add(1, std::memory_order_relaxed) + 1;
}

/// A list under construction: what it has so far goes away if making the next node fails.
class ListBuilder {
public:
    ListBuilder() noexcept = default;
    ListBuilder(const ListBuilder&) = delete;
    ListBuilder& operator=(const ListBuilder&) = delete;
    ~ListBuilder() { ContextNode::release(head_); }

    void append(std::uint64_t number, Ref<ContextValue> value) {
        auto* node = new ContextNode;
        node->number = number;
        node->value = std::move(value);
        *end_ = node;
        end_ = &node->next;
    }
    /// The list, with `tail` (adopted) behind it.
    ContextNode* finish(ContextNode* tail) noexcept {
        *end_ = tail;
        end_ = &head_;
        return std::exchange(head_, nullptr);
    }

private:
    ContextNode* head_ = nullptr;
    ContextNode** end_ = &head_;
};

ContextNode* share(ContextNode* node) noexcept {
    if (node != nullptr) node->add_ref();
    return node;
}
}  // namespace

ContextVarBase::ContextVarBase(std::string name) : name_(std::move(name)), number_(next_number()) {}

void ContextNode::release(ContextNode* node) noexcept {
    while (node != nullptr && node->refs.drop()) {
        ContextNode* next = std::exchange(node->next, nullptr);
        delete node;
        node = next;
    }
}

Ref<ContextValue> context_exchange(ContextNode*& head, std::uint64_t number, Ref<ContextValue> value) {
    // `link` stops at the pointer to the variable's node. Behind the first shared node everything
    // is shared, whatever its own count says.
    ContextNode** link = &head;
    bool shared = false;
    for (; *link != nullptr; link = &(*link)->next) {
        shared = shared || !(*link)->refs.unique();
        if ((*link)->number == number) break;
    }
    ContextNode* const found = *link;

    if (found == nullptr) {
        if (!value) return {};
        // New variables go to the front, where nothing needs to be copied.
        ListBuilder list;
        list.append(number, std::move(value));
        head = list.finish(head);
        return {};
    }

    Ref<ContextValue> old = found->value;
    if (!shared) {
        if (value) {
            found->value = std::move(value);
        } else {
            *link = std::exchange(found->next, nullptr);
            ContextNode::release(found);
        }
        return old;
    }

    ListBuilder list;
    for (const ContextNode* node = head; node != found; node = node->next) {
        list.append(node->number, node->value);
    }
    if (value) list.append(number, std::move(value));
    ContextNode* const before = std::exchange(head, list.finish(share(found->next)));
    ContextNode::release(before);
    return old;
}

}  // namespace detail

Context Context::copy() const {
    return Context(detail::Ref(new detail::ContextCell(detail::share(cell_->head))));
}

std::size_t Context::size() const noexcept {
    std::size_t count = 0;
    for (const detail::ContextNode* node = cell_->head; node != nullptr; node = node->next) ++count;
    return count;
}

ContextSlot ContextSlot::snapshot() const noexcept {
    ContextSlot copy;
    detail::ContextNode* const head = cell() != nullptr ? cell()->head : list();
    copy.bits_ = reinterpret_cast<std::uintptr_t>(detail::share(head));
    return copy;
}

Context ContextSlot::context() {
    if (cell() == nullptr) {
        auto* made = new detail::ContextCell(list());
        bits_ = reinterpret_cast<std::uintptr_t>(made) | is_cell;
    }
    cell()->add_ref();
    return Context(detail::Ref(cell()));
}

void ContextSlot::release() noexcept {
    if (cell() != nullptr) {
        detail::ContextCell::release(cell());
    } else {
        detail::ContextNode::release(list());
    }
}

ContextSlot& ContextSlot::thread_root() noexcept {
    thread_local ContextSlot root;
    return root;
}

Context copy_context() {
    return Context(ContextSlot::current().snapshot().context());
}

ContextEntry::ContextEntry(const Context& context)
    : context_(context), slot_(context), outer_(detail::current_context_slot) {
    if (context_.cell_->entered || ContextSlot::current().holds(context_)) {
        throw std::runtime_error("cannot enter context: it is already entered");
    }
    context_.cell_->entered = true;
    detail::current_context_slot = &slot_;
}

ContextEntry::~ContextEntry() {
    detail::current_context_slot = outer_;
    context_.cell_->entered = false;
}

}  // namespace arun

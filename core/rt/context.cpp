#include "rt/context.hpp"

namespace arun {

namespace detail {

constinit thread_local ContextSlot* current_context_slot = nullptr;

namespace {

std::uint64_t next_number() noexcept {
    static std::atomic<std::uint64_t> last{0};
    return last.fetch_add(1, std::memory_order_relaxed) + 1;
}

/// A list under construction, freed if making the next node fails.
class ListBuilder {
public:
    void append(std::uint64_t number, Ref<ContextValue> value) {
        auto node = make_ref<ContextNode>();
        node->number = number;
        node->value = std::move(value);
        *end_ = std::move(node);
        end_ = &(*end_)->next;
    }
    /// The list, followed by `tail`. Call once.
    Ref<ContextNode> finish(Ref<ContextNode> tail) noexcept {
        *end_ = std::move(tail);
        return std::move(head_);
    }

private:
    Ref<ContextNode> head_;
    Ref<ContextNode>* end_ = &head_;
};

}  // namespace

ContextVarBase::ContextVarBase(std::string name) : name_(std::move(name)), number_(next_number()) {}

void ContextNode::dispose() noexcept {
    ContextNode* node = this;
    do {
        ContextNode* const next = node->next.detach();
        delete node;
        node = next;
    } while (node != nullptr && node->drop_ref());
}

Ref<ContextValue> context_exchange(Ref<ContextNode>& head, std::uint64_t number, Ref<ContextValue> value) {
    // `link` stops at the pointer to the variable's node. All nodes behind a shared one are shared, whatever
    // their own counts say.
    Ref<ContextNode>* link = &head;
    bool shared = false;
    for (; *link; link = &(*link)->next) {
        shared = shared || (*link)->shared();
        if ((*link)->number == number) break;
    }
    ContextNode* const found = link->get();

    if (found == nullptr) {
        if (!value) return {};
        // New variables go to the front, where nothing has to be copied.
        ListBuilder list;
        list.append(number, std::move(value));
        head = list.finish(std::move(head));
        return {};
    }

    Ref<ContextValue> old = found->value;
    if (!shared) {
        if (value) {
            found->value = std::move(value);
        } else {
            *link = std::move(found->next);
        }
        return old;
    }

    ListBuilder list;
    for (const ContextNode* node = head.get(); node != found; node = node->next.get()) {
        list.append(node->number, node->value);
    }
    if (value) list.append(number, std::move(value));
    head = list.finish(found->next);
    return old;
}

}  // namespace detail

Context Context::copy() const {
    auto cell = detail::make_ref<detail::ContextCell>();
    cell->head = cell_->head;
    return Context(std::move(cell));
}

std::size_t Context::size() const noexcept {
    std::size_t count = 0;
    for (auto* node = cell_->head.get(); node != nullptr; node = node->next.get()) ++count;
    return count;
}

ContextSlot ContextSlot::snapshot() const noexcept {
    detail::ContextNode* const head = cell() != nullptr ? cell()->head.get() : list();
    if (head != nullptr) head->add_ref();
    ContextSlot copy;
    copy.bits_ = reinterpret_cast<std::uintptr_t>(head);
    return copy;
}

Context ContextSlot::context() {
    if (cell() == nullptr) {
        auto made = detail::make_ref<detail::ContextCell>();
        made->head = detail::Ref<detail::ContextNode>::adopt(list());
        bits_ = reinterpret_cast<std::uintptr_t>(made.detach()) | is_cell;
    }
    return Context(detail::Ref<detail::ContextCell>(*cell()));
}

void ContextSlot::release() noexcept {
    if (cell() != nullptr) {
        cell()->release();
    } else {
        list()->release();
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

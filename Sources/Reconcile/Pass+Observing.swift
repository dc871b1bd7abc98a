import Plan

extension Pass {
    /// Who looks at the images of one pass.
    func observer(_ depth: CostDepth, _ survey: Survey) -> Observer {
        Observer(
            places: places, depth: depth, lists: survey.lists, store: options.store, isDeep: options.deep,
            now: options.now)
    }
}

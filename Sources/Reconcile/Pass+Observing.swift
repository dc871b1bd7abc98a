import Plan

extension Pass {
    /// Who looks at the images of one pass.
    func observer(_ depth: CostDepth, _ survey: Survey) -> Observer {
        var observer = Observer(
            places: places, depth: depth, lists: survey.lists, store: options.store, now: options.now)
        observer.subsets = SubsetMemo(options.store, recalls: !options.deep)
        observer.isDeep = options.deep
        return observer
    }
}
